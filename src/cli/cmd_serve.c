/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/domain.h"
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/config_file.h"
#include "cli/config_print.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/sending.h"
#include "cli/store_url.h"
#include "service/serve.h"

static const char *arg_listen;
static const char *arg_log_format;
static const char *arg_listen_lmtp;
static const char *arg_maildir[COMMAND_VALUES_MAX + 1];
static const char *arg_drop[COMMAND_VALUES_MAX + 1];
static const char *arg_mbox[COMMAND_VALUES_MAX + 1];
static const char *arg_listen_intake;
static const char *arg_intake_cert;
static const char *arg_intake_key;
static const char *arg_intake_path[COMMAND_VALUES_MAX + 1];
static const char *arg_intake_secret_path[COMMAND_VALUES_MAX + 1];
static const char *arg_trusted_proxy[COMMAND_VALUES_MAX + 1];
static const char *arg_anchor;
static const char *arg_domain[COMMAND_VALUES_MAX + 1];
static const char *arg_resolver[COMMAND_VALUES_MAX + 1];
static bool arg_count_unproven;
static const char *arg_tally[COMMAND_VALUES_MAX + 1];
static const char *arg_outbox;

const struct command_option cmd_serve_options[] = {
    { .name = "listen",
      .value = "ADDRESS",
      .help =
          "where to listen: " SETTINGS_LISTEN " unless given; port 0 takes a "
          "free one",
      .text = &arg_listen },
    { .name = "listen-lmtp",
      .value = "ADDRESS",
      .help = "take reports by LMTP at unix:/path, 127.0.0.1:24 or [::1]:24",
      .text = &arg_listen_lmtp },
    { .name = "maildir",
      .value = "FOLDER...",
      .help = "take reports from new/ of a Maildir, moving them to cur/",
      .text = arg_maildir },
    { .name = "drop",
      .value = "FOLDER...",
      .help = "take reports from files in a folder, moving them to .done/",
      .text = arg_drop },
    { .name = "mbox",
      .value = "FILE...",
      .help = "take reports from an mbox, which is left as it is",
      .text = arg_mbox },
    { .name = "listen-intake",
      .value = "ADDRESS",
      .help = "take reports by HTTPS at 0.0.0.0:443, [::]:443 or unix:/path",
      .text = &arg_listen_intake },
    { .name = "intake-cert",
      .value = "FILE",
      .help = "its certificate and those above it (PEM); without one it speaks "
              "plain HTTP, for use behind a proxy",
      .text = &arg_intake_cert },
    { .name = "intake-key",
      .value = "FILE",
      .help = "the certificate's key (PEM)",
      .text = &arg_intake_key },
    { .name = "intake-path",
      .value = "PATH...",
      .help = "where reports are posted to: /v1/tlsrpt unless given",
      .text = arg_intake_path },
    { .name = "intake-secret-path",
      .value = "PATH...",
      .help = "as well, and that it is known proves where a report is from",
      .text = arg_intake_secret_path },
    { .name = "trusted-proxy",
      .value = "NETWORK...",
      .help = "believe these proxies whom they speak for: 192.0.2.0/24, ::1",
      .text = arg_trusted_proxy },
    { .name = "domain",
      .value = "DOMAIN...",
      .help = "reports about it are ours, whatever its TLSRPT record says; "
              ".DOMAIN is all below it, too",
      .text = arg_domain },
    { .name = "log-format",
      .value = "FORM",
      .help = "of the log: logfmt unless given, or json",
      .text = &arg_log_format },
    { .name = "count-unproven",
      .help = "count mail without a good signature of its sender, too",
      .flag = &arg_count_unproven },
    { .name = "resolver",
      .value = "ADDRESS...",
      .help = "ask DNS through it, 192.0.2.1 or ::1@5353; system: those of "
              "/etc/resolv.conf",
      .text = arg_resolver },
    { .name = "anchor",
      .value = "FILE",
      .help = "trust anchors of DNSSEC, instead of the system's",
      .text = &arg_anchor },
    { .name = "tally",
      .value = "URL...",
      .help = "show these sums of collectors instead of those configured",
      .text = arg_tally },
    { .name = "outbox",
      .value = "URL",
      .help = "show this outbox instead of the one configured",
      .text = &arg_outbox },
    { 0 }
};

/* ---- Settings ------------------------------------------------------------ */

static void add_folders(struct settings *settings, enum folder_kind kind,
                        const char *const *paths)
{
    for (; *paths; paths++)
        settings->folders[settings->n_folders++] = (struct folder_options){
            .kind = kind,
            .path = *paths,
            .name = *paths,
            .origin = { .tenant = "",
                        .destination = "",
                        .way = kind == FOLDER_DROP ? INTAKE_WAY_FILE
                                                   : INTAKE_WAY_MAIL,
                        .rule =
                            kind == FOLDER_DROP ? INTAKE_MARK : INTAKE_REQUIRE,
                        .is_live = true },
            .recipient_from = RECIPIENT_HEADER,
        };
}

/* Any of these takes the place of all that the file names. */
static int apply_folders(struct settings *settings, struct err *err)
{
    if (!*arg_maildir && !*arg_drop && !*arg_mbox)
        return 0;
    settings->n_folders = 0;
    settings->folders = arena_calloc(&settings->arena, 3 * COMMAND_VALUES_MAX,
                                     sizeof(*settings->folders));
    if (!settings->folders)
        return err_memory(err);
    add_folders(settings, FOLDER_MAILDIR, arg_maildir);
    add_folders(settings, FOLDER_DROP, arg_drop);
    add_folders(settings, FOLDER_MBOX, arg_mbox);
    return 0;
}

static int apply_lmtp(struct settings *settings, struct err *err)
{
    if (!arg_listen_lmtp)
        return 0;
    settings->lmtp = arena_calloc(&settings->arena, 1, sizeof(*settings->lmtp));
    if (!settings->lmtp)
        return err_memory(err);
    settings->n_lmtp = 1;
    settings->lmtp[0] = (struct settings_lmtp){ .name = "lmtp",
                                                .listen = arg_listen_lmtp,
                                                .rule = INTAKE_REQUIRE };
    return 0;
}

static void add_paths(struct https_server_options *options,
                      struct https_path *to, const char *const *paths,
                      bool is_secret)
{
    for (; *paths; paths++)
        to[options->n_paths++] = (struct https_path){ .path = *paths,
                                                      .tenant = "",
                                                      .is_secret = is_secret };
}

static int apply_https(struct settings *settings, struct err *err)
{
    struct settings_https *https;
    struct https_path *paths;

    if (!arg_listen_intake) {
        if (arg_intake_cert || arg_intake_key || arg_intake_path[0] ||
            arg_intake_secret_path[0] || arg_trusted_proxy[0])
            return err_set(err, ERR_USAGE,
                           "options of the intake need --listen-intake");
        return 0;
    }
    https = arena_calloc(&settings->arena, 1, sizeof(*https));
    paths =
        arena_calloc(&settings->arena, 2 * COMMAND_VALUES_MAX, sizeof(*paths));
    if (!https || !paths)
        return err_memory(err);
    https->name = "https";
    https->options = (struct https_server_options){
        .listen = arg_listen_intake,
        .certificate_file = arg_intake_cert,
        .key_file = arg_intake_key,
        .paths = paths,
        .proxies = arg_trusted_proxy,
        .rule = INTAKE_REQUIRE,
    };
    while (arg_trusted_proxy[https->options.n_proxies])
        https->options.n_proxies++;
    add_paths(&https->options, paths, arg_intake_path, false);
    add_paths(&https->options, paths, arg_intake_secret_path, true);
    settings->https = https;
    settings->n_https = 1;
    return https_server_check(&https->options, err);
}

static size_t count(const char *const *words)
{
    size_t n = 0;

    while (words[n])
        n++;
    return n;
}

/* Puts a name in the form that reports have it in, a dot before it apart. */
static int read_domain(struct arena *arena, const char *text,
                       const char **out_name, struct err *err)
{
    bool is_suffix = *text == '.';
    unsigned changes = 0;
    const char *name =
        domain_normalise(arena, slice_of(text + is_suffix), &changes);

    if (name && (!*name || *name == '*' || (changes & DOMAIN_BAD)))
        return err_set(err, ERR_USAGE, "%s is no domain", text);
    if (name && is_suffix)
        name = arena_printf(arena, ".%s", name);
    if (!name)
        return arena_error(arena, err);
    *out_name = name;
    return 0;
}

static int apply_domains(struct settings *settings, struct err *err)
{
    size_t n = count(arg_domain);
    const char **names;

    if (n == 0)
        return 0;
    names = arena_calloc(&settings->arena, n, sizeof(*names));
    if (!names)
        return err_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (read_domain(&settings->arena, arg_domain[i], &names[i], err))
            return -1;
    }
    settings->domains = (struct settings_names){ names, n };
    return 0;
}

static void apply_judging(struct settings *settings)
{
    for (size_t i = 0; arg_count_unproven && i < settings->n_lmtp; i++)
        settings->lmtp[i].rule = INTAKE_MARK;
    for (size_t i = 0; arg_count_unproven && i < settings->n_folders; i++)
        settings->folders[i].origin.rule = INTAKE_MARK;
    for (size_t i = 0; arg_count_unproven && i < settings->n_mailboxes; i++)
        settings->mailboxes[i].rule = INTAKE_MARK;
    if (*arg_resolver)
        settings->resolver.forward =
            (struct settings_names){ arg_resolver, count(arg_resolver) };
    if (arg_anchor)
        settings->resolver.anchor = arg_anchor;
}

static int apply_log(struct settings *settings, struct err *err)
{
    if (arg_verbose)
        settings->log.level = LOG_LEVEL_INFO;
    if (arg_quiet)
        settings->log.level = LOG_LEVEL_WARNING;
    if (!arg_log_format)
        return 0;
    if (strcmp(arg_log_format, "json") != 0 &&
        strcmp(arg_log_format, "logfmt") != 0)
        return err_set(err, ERR_USAGE, "--log-format is logfmt or json, not %s",
                       arg_log_format);
    settings->log.format =
        *arg_log_format == 'j' ? LOG_FORMAT_JSON : LOG_FORMAT_LOGFMT;
    return 0;
}

/* What the command line says comes before what the file says. */
static int apply_options(struct settings *settings, struct err *err)
{
    const struct sending_options sending = { .outbox = arg_outbox,
                                             .tallies = arg_tally };
    char url[STORE_URL_BYTES];

    if (store_url_find(arg_store ? arg_store : settings->store_url, url, err))
        return -1;
    settings->store_url = arena_copy(&settings->arena, slice_of(url));
    if (arg_listen)
        settings->listen = arg_listen;
    if (!settings->store_url)
        return err_memory(err);
    if (apply_log(settings, err) || apply_lmtp(settings, err) ||
        apply_folders(settings, err) || apply_https(settings, err) ||
        apply_domains(settings, err) || sending_show(settings, &sending, err))
        return -1;
    apply_judging(settings);
    return 0;
}

/* Settings from the configuration as it is now. */
static int reload(void *context, struct settings **out_settings,
                  struct err *err)
{
    const char *path = config_file_find(arg_config);
    struct settings *settings;
    struct config config;

    (void)context;
    if (!path)
        return 1;
    if (config_read(path, config_file_load, NULL, &config, err))
        return -1;
    config_problems_log(&config.problems);
    if (config_problems_error(&config.problems, err)) {
        config_deinit(&config);
        return -1;
    }
    settings = settings_hold(config.settings);
    config_deinit(&config);
    if (apply_options(settings, err)) {
        settings_drop(settings);
        return -1;
    }
    *out_settings = settings;
    return 0;
}

/* The settings to begin with; the caller holds them. */
static int first_settings(const struct command_call *call,
                          struct settings **out_settings, struct err *err)
{
    struct settings *settings;

    if (call->config) {
        settings = settings_hold(call->config->settings);
    } else if (settings_new(&settings, err)) {
        return -1;
    }
    if (apply_options(settings, err) == 0) {
        log_set_format(settings->log.format);
        if (call->config)
            config_problems_log(&call->config->problems);
        *out_settings = settings;
        return 0;
    }
    settings_drop(settings);
    return -1;
}

/* ---- Running ------------------------------------------------------------- */

/* Said at once: who started the program waits for it. */
static void say_ready(void *context, enum serve_door door, const char *address,
                      bool is_last)
{
    struct printer *printer = context;

    switch (door) {
    case SERVE_DASHBOARD: printer_say(printer, "serving %s\n", address); break;
    case SERVE_HTTPS:
        printer_say(printer, "taking reports by HTTPS at %s\n", address);
        break;
    case SERVE_LMTP:
        printer_say(printer, "taking reports by LMTP at %s\n", address);
        break;
    }
    if (is_last)
        printer_flush(printer, true);
}

static int serve(const struct command_call *call, struct settings *settings,
                 struct err *err)
{
    const struct serve_options options = {
        .settings = settings,
        .notify_socket = getenv("NOTIFY_SOCKET"),
        .clock = &clock_system,
        .on_ready = say_ready,
        .reload = reload,
        .context = call->printer,
    };

    if (store_url_make_folder(settings->store_url, err))
        return -1;
    return serve_run(&options, err);
}

int cmd_serve(const struct command_call *call)
{
    struct settings *settings;
    struct err err;
    int rc = first_settings(call, &settings, &err);

    if (rc == 0) {
        rc = serve(call, settings, &err);
        settings_drop(settings);
    }
    if (rc == 0)
        return EXIT_GOOD;
    fprintf(stderr, "tlsrpt serve: %s\n", err.text);
    return exit_of(&err);
}
