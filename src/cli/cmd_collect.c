/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/store_url.h"
#include "service/collector.h"
#include "service/settings.h"

enum { STATUS_BYTES = 65536 };

static const char *arg_socket;
static const char *arg_socket_user;
static const char *arg_socket_group;
static const char *arg_socket_mode;
static const char *arg_samples;
static const char *arg_metrics;
static const char *arg_address[COMMAND_VALUES_MAX + 1];
static bool arg_keep_result_types;
static bool arg_status;
static bool arg_prometheus;

const struct command_option cmd_collect_options[] = {
    { .name = "socket",
      .value = "PATH",
      .help = "receive at this Unix datagram socket, unless the service "
              "manager gives one",
      .text = &arg_socket },
    { .name = "socket-user",
      .value = "USER",
      .help = "its owner: a name or a number",
      .text = &arg_socket_user },
    { .name = "socket-group",
      .value = "GROUP",
      .help = "its group",
      .text = &arg_socket_group },
    { .name = "socket-mode",
      .value = "MODE",
      .help = "its permissions, 0660 unless given; who may write may send",
      .text = &arg_socket_mode },
    { .name = "samples",
      .value = "FOLDER",
      .help = "keep the latest malformed datagrams as files",
      .text = &arg_samples },
    { .name = "metrics",
      .value = "FILE",
      .help = "write the counters for Prometheus' node exporter, every 15 s",
      .text = &arg_metrics },
    { .name = "address",
      .value = "LOCAL=PUBLIC...",
      .help = "our mail server's address as others see it; any=PUBLIC for all "
              "that are not public",
      .text = arg_address },
    { .name = "keep-result-types",
      .help = "leave validation-failure as it is, whatever its reason says",
      .flag = &arg_keep_result_types },
    { .name = "status",
      .help = "say how the collector of this store is doing",
      .flag = &arg_status },
    { .name = "prometheus",
      .help = "with --status: in the text form of Prometheus",
      .flag = &arg_prometheus },
    { 0 }
};

/* ---- Settings ------------------------------------------------------------ */

static void replace(const char **setting, const char *option)
{
    if (option)
        *setting = option;
}

/* What the command line says comes before what the file says. */
static struct collector_settings settings_of(const struct command_call *call)
{
    struct collector_settings settings;
    size_t n = 0;

    collector_settings_init(&settings);
    if (call->config)
        settings = call->config->settings->collect;
    replace(&settings.socket, arg_socket);
    replace(&settings.user, arg_socket_user);
    replace(&settings.group, arg_socket_group);
    replace(&settings.mode, arg_socket_mode);
    replace(&settings.samples, arg_samples);
    replace(&settings.metrics, arg_metrics);
    settings.is_reason_ignored |= arg_keep_result_types;
    while (arg_address[n])
        n++;
    if (n)
        settings.addresses = (struct settings_names){ arg_address, n };
    return settings;
}

/* The tally that is named, else tally.db beside the store of reports. */
static const char *tally_of(const struct command_call *call,
                            const struct collector_settings *settings,
                            char out_url[static STORE_URL_BYTES])
{
    const char *slash;
    size_t len;

    if (arg_store)
        return call->store_url;
    if (settings->tally_url)
        return settings->tally_url;
    slash = strrchr(call->store_url, '/');
    if (!slash)
        slash = strchr(call->store_url, ':');
    len = slash ? (size_t)(slash + 1 - call->store_url) : 0;
    snprintf(out_url, STORE_URL_BYTES, "%.*stally.db", (int)len,
             call->store_url);
    return out_url;
}

/* ---- Status -------------------------------------------------------------- */

static const char prefix[] = "tlsrpt_collect_";

/* The part of a line behind a word, NULL where it does not begin with it. */
static const char *behind(const char *line, const char *word)
{
    size_t len = strlen(word);

    return strncmp(line, word, len) == 0 ? line + len : NULL;
}

static void print_line(struct printer *printer, const char *line,
                       const char *help)
{
    const char *name = behind(line, prefix);
    const char *value = name ? strrchr(name, ' ') : NULL;

    if (!value)
        return;
    if (printer->format == COMMAND_FORMAT_JSON) {
        char key[80];
        size_t len = 0;

        for (const char *c = name; c < value && len + 1 < sizeof(key); c++) {
            if (*c != '"')
                key[len++] = *c;
        }
        key[len] = '\0';
        json_key(&printer->json, key);
        json_decimal(&printer->json, strtod(value + 1, NULL),
                     strchr(value, '.') ? 6 : 0);
    } else if (!strchr(name, '{')) {
        printer_say(printer, "%14s  %s\n", value + 1, help);
    } else {
        printer_say(printer, "%14s    %.*s\n", value + 1, (int)(value - name),
                    name);
    }
}

static void print_status(struct printer *printer, char *text)
{
    const char *help = "";
    char *rest = text;

    if (printer->format == COMMAND_FORMAT_JSON)
        json_begin_object(printer_json_begin(printer));
    for (char *line; (line = strsep(&rest, "\n"));) {
        const char *words = behind(line, "# HELP ");

        const char *blank = words ? strchr(words, ' ') : NULL;

        if (blank)
            help = blank + 1;
        else
            print_line(printer, line, help);
    }
    if (printer->format == COMMAND_FORMAT_JSON) {
        json_end_object(&printer->json);
        printer_json_end(printer);
    }
}

static int tell_status(const struct command_call *call, const char *url,
                       struct err *err)
{
    struct buffer text;
    int rc;

    buffer_init(&text, STATUS_BYTES);
    rc = collector_ask(url, &text, err);
    if (rc == 0) {
        buffer_add_char(&text, '\0');
        if (arg_prometheus)
            printer_say(call->printer, "%s", text.ptr);
        else
            print_status(call->printer, text.ptr);
    }
    buffer_deinit(&text);
    return rc;
}

/* ---- Running ------------------------------------------------------------- */

static void say_ready(void *context, const char *path)
{
    struct printer *printer = context;

    printer_say(printer, "collecting at %s\n", path);
    printer_flush(printer, true);
}

static int collect(const struct command_call *call,
                   const struct collector_settings *settings, const char *url,
                   struct err *err)
{
    const struct collector_options options = {
        .settings = settings,
        .tally_url = url,
        .clock = &clock_system,
        .notify_socket = getenv("NOTIFY_SOCKET"),
        .listen_pid = getenv("LISTEN_PID"),
        .listen_count = getenv("LISTEN_FDS"),
        .on_ready = say_ready,
        .context = call->printer,
    };

    if (call->config) {
        log_set_level(call->config->settings->log.level);
        log_set_format(call->config->settings->log.format);
    }
    if (arg_verbose)
        log_set_level(LOG_LEVEL_INFO);
    if (arg_quiet)
        log_set_level(LOG_LEVEL_WARNING);
    if (store_url_make_folder(url, err))
        return -1;
    return collector_run(&options, err);
}

int cmd_collect(const struct command_call *call)
{
    struct collector_settings settings = settings_of(call);
    char room[STORE_URL_BYTES];
    const char *url = tally_of(call, &settings, room);
    struct err err;
    int rc;

    if (arg_status || arg_prometheus)
        rc = tell_status(call, url, &err);
    else
        rc = collect(call, &settings, url, &err);
    if (rc == 0)
        return EXIT_GOOD;
    fprintf(stderr, "tlsrpt collect: %s\n", err.text);
    return exit_of(&err);
}
