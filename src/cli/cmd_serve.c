/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cli/cmd.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/store_url.h"
#include "service/https_server.h"
#include "service/serve.h"

static const char *arg_listen;
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

const struct command_option cmd_serve_options[] = {
    { .name = "listen",
      .value = "ADDRESS",
      .help = "where to listen: 127.0.0.1:8460 unless given; port 0 takes a "
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
    { 0 }
};

/* Said at once: who started the program waits for it. */
static void say_ready(void *context, const char *url, const char *lmtp,
                      const char *https)
{
    struct printer *printer = context;
    printer_say(printer, "serving %s\n", url);
    if (lmtp)
        printer_say(printer, "taking reports by LMTP at %s\n", lmtp);
    if (https)
        printer_say(printer, "taking reports by HTTPS at %s\n", https);
    printer_flush(printer, true);
}

static void add_folders(struct folder_options *folders, size_t *n_folders,
                        enum folder_kind kind, const char *const *paths)
{
    for (; *paths; paths++)
        folders[(*n_folders)++] = (struct folder_options){
            .kind = kind,
            .path = *paths,
            .name = *paths,
            .origin = { .tenant = "",
                        .destination = "",
                        .way = kind == FOLDER_DROP ? INTAKE_WAY_FILE
                                                   : INTAKE_WAY_MAIL,
                        .rule = INTAKE_MARK,
                        .is_live = true },
        };
}

/* Where reports are taken by HTTPS, as it was typed. */
struct intake {
    struct https_server_options options;
    struct https_path paths[2 * COMMAND_VALUES_MAX];
};

static void add_paths(struct intake *intake, const char *const *paths,
                      bool is_secret)
{
    for (; *paths; paths++)
        intake->paths[intake->options.n_paths++] = (struct https_path){
            .path = *paths, .tenant = "", .is_secret = is_secret
        };
}

/* Returns: 0, 1 where nothing is asked for, -1 with err (ERR_USAGE). */
static int read_intake(struct intake *intake, struct err *err)
{
    if (!arg_listen_intake) {
        if (arg_intake_cert || arg_intake_key || arg_intake_path[0] ||
            arg_intake_secret_path[0] || arg_trusted_proxy[0])
            return err_set(err, ERR_USAGE,
                           "options of the intake need --listen-intake");
        return 1;
    }
    intake->options = (struct https_server_options){
        .listen = arg_listen_intake,
        .certificate_file = arg_intake_cert,
        .key_file = arg_intake_key,
        .paths = intake->paths,
        .proxies = arg_trusted_proxy,
        .rule = INTAKE_REQUIRE,
    };
    while (arg_trusted_proxy[intake->options.n_proxies])
        intake->options.n_proxies++;
    add_paths(intake, arg_intake_path, false);
    add_paths(intake, arg_intake_secret_path, true);
    return https_server_check(&intake->options, err);
}

int cmd_serve(const struct command_call *call)
{
    static struct folder_options folders[3 * COMMAND_VALUES_MAX];
    struct intake intake = { .options = { .listen = NULL } };
    size_t n_folders = 0;
    struct err err;
    add_folders(folders, &n_folders, FOLDER_MAILDIR, arg_maildir);
    add_folders(folders, &n_folders, FOLDER_DROP, arg_drop);
    add_folders(folders, &n_folders, FOLDER_MBOX, arg_mbox);
    int asked = read_intake(&intake, &err);
    const struct serve_options options = {
        .listen = arg_listen ? arg_listen : "127.0.0.1:8460",
        .listen_lmtp = arg_listen_lmtp,
        .folders = folders,
        .n_folders = n_folders,
        .intake = asked == 0 ? &intake.options : NULL,
        .store_url = call->store_url,
        .notify_socket = getenv("NOTIFY_SOCKET"),
        .clock = &clock_system,
        .on_ready = say_ready,
        .context = call->printer,
    };
    if (arg_verbose)
        log_set_level(LOG_LEVEL_INFO);
    if (arg_quiet)
        log_set_level(LOG_LEVEL_WARNING);
    if (asked >= 0 && store_url_make_folder(call->store_url, &err) == 0 &&
        serve_run(&options, &err) == 0)
        return EXIT_GOOD;
    fprintf(stderr, "tlsrpt serve: %s\n", err.text);
    return exit_of(&err);
}
