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

int cmd_serve(const struct command_call *call)
{
    const struct serve_options options = {
        .listen = arg_listen ? arg_listen : "127.0.0.1:8460",
        .listen_lmtp = arg_listen_lmtp,
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
