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
#include "service/serve.h"

static const char *arg_listen;
static const char *arg_listen_lmtp;
static const char *arg_maildir[COMMAND_VALUES_MAX + 1];
static const char *arg_drop[COMMAND_VALUES_MAX + 1];
static const char *arg_mbox[COMMAND_VALUES_MAX + 1];

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
    { 0 }
};

/* Said at once: who started the program waits for it. */
static void say_ready(void *context, const char *url, const char *lmtp)
{
    struct printer *printer = context;
    printer_say(printer, "serving %s\n", url);
    if (lmtp)
        printer_say(printer, "taking reports by LMTP at %s\n", lmtp);
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

int cmd_serve(const struct command_call *call)
{
    static struct folder_options folders[3 * COMMAND_VALUES_MAX];
    size_t n_folders = 0;
    add_folders(folders, &n_folders, FOLDER_MAILDIR, arg_maildir);
    add_folders(folders, &n_folders, FOLDER_DROP, arg_drop);
    add_folders(folders, &n_folders, FOLDER_MBOX, arg_mbox);
    const struct serve_options options = {
        .listen = arg_listen ? arg_listen : "127.0.0.1:8460",
        .listen_lmtp = arg_listen_lmtp,
        .folders = folders,
        .n_folders = n_folders,
        .store_url = call->store_url,
        .notify_socket = getenv("NOTIFY_SOCKET"),
        .clock = &clock_system,
        .on_ready = say_ready,
        .context = call->printer,
    };
    struct err err;
    if (arg_verbose)
        log_set_level(LOG_LEVEL_INFO);
    if (arg_quiet)
        log_set_level(LOG_LEVEL_WARNING);
    if (store_url_make_folder(call->store_url, &err) == 0 &&
        serve_run(&options, &err) == 0)
        return EXIT_GOOD;
    fprintf(stderr, "tlsrpt serve: %s\n", err.text);
    return exit_of(&err);
}
