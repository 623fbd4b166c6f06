/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/report_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cli/config.h"
#include "cli/config_file.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/store_url.h"
#include "service/reporter.h"

/* The log is that of the configuration, unless the command line says more. */
static void set_log(const struct command_call *call, bool is_once)
{
    enum log_level level = is_once ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE;

    if (call->config && !is_once)
        level = call->config->settings->log.level;
    if (arg_verbose)
        level = LOG_LEVEL_INFO;
    if (arg_quiet)
        level = LOG_LEVEL_WARNING;
    log_set_level(level);
    if (call->config)
        log_set_format(call->config->settings->log.format);
}

static void print_json(struct printer *printer,
                       const struct reporter_sums *sums)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_int(json, "composed", (int64_t)sums->n_reports);
    json_member_int(json, "delivered", (int64_t)sums->n_delivered);
    json_member_int(json, "delayed", (int64_t)sums->n_delayed);
    json_member_int(json, "refused", (int64_t)sums->n_refused);
    json_member_int(json, "given_up", (int64_t)sums->n_given_up);
    json_member_int(json, "failed", (int64_t)sums->n_failed);
    json_end_object(json);
    printer_json_end(printer);
}

static void print_sums(struct printer *printer,
                       const struct reporter_sums *sums)
{
    if (printer->format == COMMAND_FORMAT_JSON) {
        print_json(printer, sums);
        return;
    }
    printer_say(printer,
                "%zu composed, %zu delivered, %zu to be tried again, "
                "%zu refused, %zu given up\n",
                sums->n_reports, sums->n_delivered, sums->n_delayed,
                sums->n_refused, sums->n_given_up);
    if (sums->n_failed)
        printer_say(printer, "%zu could not be tried or noted\n",
                    sums->n_failed);
}

/* ---- Settings anew ------------------------------------------------------- */

/* A configuration that was read again, and what it says about sending. */
struct reading {
    bool is_there;
    struct config config;
    struct sending sending;
};

/* The two last ones: the last but one is in use until it is replaced. */
struct readings {
    const struct command_call *call;
    const struct sending_options *options;
    struct reading items[2];
    size_t next;
};

static void forget(struct reading *reading)
{
    if (!reading->is_there)
        return;
    sending_deinit(&reading->sending);
    config_deinit(&reading->config);
    reading->is_there = false;
}

/* What a good configuration says about sending. */
static int read_sending(const struct readings *readings,
                        struct reading *reading, struct err *err)
{
    struct command_call call = *readings->call;

    call.config = &reading->config;
    if (sending_init(&reading->sending, &call, readings->options, err) == 0 &&
        reading->sending.is_configured) {
        set_log(&call, false);
        return 0;
    }
    if (!reading->sending.is_configured && reading->sending.identities)
        err_set(err, ERR_USAGE, "there is no section report any more");
    sending_deinit(&reading->sending);
    return -1;
}

static int read_all(const struct readings *readings, const char *path,
                    struct reading *reading, struct err *err)
{
    int rc;

    if (config_read(path, config_file_load, NULL, &reading->config, err))
        return -1;
    config_problems_log(&reading->config.problems);
    rc = config_problems_error(&reading->config.problems, err);
    if (rc == 0)
        rc = read_sending(readings, reading, err);
    if (rc)
        config_deinit(&reading->config);
    return rc;
}

static int reload(void *context, const struct outgoing_settings **out_settings,
                  struct resolver_options *out_resolver, struct err *err)
{
    struct readings *readings = context;
    struct reading *reading = &readings->items[readings->next];
    const char *path = config_file_find(arg_config);
    struct command_call call = *readings->call;

    if (!path)
        return 1;
    forget(reading);
    if (read_all(readings, path, reading, err))
        return -1;
    reading->is_there = true;
    readings->next = !readings->next;
    call.config = &reading->config;
    *out_settings = &reading->sending.settings;
    *out_resolver = sending_resolver(&call);
    return 0;
}

/* The other one is in use again: this is the next to be replaced. */
static void reject(void *context)
{
    struct readings *readings = context;

    readings->next = !readings->next;
}

/* ---- Running ------------------------------------------------------------- */

int report_run(const struct command_call *call,
               const struct sending_options *options,
               const struct sending *sending, bool is_once)
{
    const struct outgoing_settings *settings = &sending->settings;
    struct readings readings = { .call = call, .options = options };
    const struct reporter_options reporter = {
        .settings = settings,
        .clock = &clock_system,
        .resolver = sending_resolver(call),
        .notify_socket = getenv("NOTIFY_SOCKET"),
        .is_once = is_once,
        .reload = reload,
        .reject = reject,
        .context = &readings,
    };
    struct reporter_sums sums = { .n_reports = 0 };
    struct err err;
    int rc;

    set_log(call, is_once);
    rc = store_url_make_folder(settings->outbox_url, &err);
    if (rc == 0)
        rc = reporter_run(&reporter, &sums, &err);
    forget(&readings.items[0]);
    forget(&readings.items[1]);
    if (is_once)
        print_sums(call->printer, &sums);
    if (rc == 0)
        return sums.n_failed ? EXIT_UNKNOWN : EXIT_GOOD;
    fprintf(stderr, "tlsrpt report: %s\n", err.text);
    return exit_of(&err);
}
