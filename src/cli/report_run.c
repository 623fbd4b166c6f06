/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/report_run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cli/config.h"
#include "cli/exit.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/sending.h"
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

int report_run(const struct command_call *call,
               const struct outgoing_settings *settings, bool is_once)
{
    const struct reporter_options options = {
        .settings = settings,
        .clock = &clock_system,
        .resolver = sending_resolver(call),
        .notify_socket = getenv("NOTIFY_SOCKET"),
        .is_once = is_once,
    };
    struct reporter_sums sums = { .n_reports = 0 };
    struct err err;
    int rc;

    set_log(call, is_once);
    rc = store_url_make_folder(settings->outbox_url, &err);
    if (rc == 0)
        rc = reporter_run(&options, &sums, &err);
    if (is_once)
        print_sums(call->printer, &sums);
    if (rc == 0)
        return sums.n_failed ? EXIT_UNKNOWN : EXIT_GOOD;
    fprintf(stderr, "tlsrpt report: %s\n", err.text);
    return exit_of(&err);
}
