/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/verify.h"

#include <unistd.h>

#include "cli/db.h"
#include "cli/exit.h"
#include "cli/interrupt.h"
#include "cli/number.h"
#include "cli/printer.h"
#include "cli/progress.h"

/* Faults told one by one; --verbose tells all. */
enum { FAULTS_SHOWN = 50 };

struct verifying {
    struct printer *printer;
    struct progress progress;
    int64_t n_faults;
};

static void print_fault(void *context, const struct store_fault *fault)
{
    struct verifying *verifying = context;
    struct printer *printer = verifying->printer;
    struct json_writer *json;

    verifying->n_faults++;
    if (printer->format == COMMAND_FORMAT_JSON) {
        json = printer_json_begin(printer);
        json_begin_object(json);
        json_member_string(json, "code", fault->code);
        json_member_string(json, "where", fault->where);
        json_member_string(json, "message", fault->message);
        json_end_object(json);
        printer_json_end(printer);
        return;
    }
    if (verifying->n_faults > FAULTS_SHOWN && !arg_verbose)
        return;
    printer_say_style(printer, PRINTER_BAD, "%s", fault->code);
    printer_say(printer, "  ");
    printer_outside(printer, fault->where);
    printer_say(printer, ": ");
    printer_outside(printer, fault->message);
    printer_say(printer, "\n");
}

static bool step(void *context, enum store_verify_part part, int64_t done,
                 int64_t total)
{
    static const char *const words[STORE_VERIFY_PARTS] = {
        [STORE_VERIFY_FILE] = "the file",
        [STORE_VERIFY_ROWS] = "rows",
        [STORE_VERIFY_SUMS] = "sums",
        [STORE_VERIFY_RAWS] = "raw octets",
    };
    struct verifying *verifying = context;

    verifying->progress.total_bytes = total;
    progress_step(
        &verifying->progress,
        &(struct progress_state){ .done_bytes = done, .what = words[part] });
    return !interrupt_is_set();
}

static void print_json(struct printer *printer,
                       const struct store_verified *verified)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_key(json, "total");
    json_begin_object(json);
    json_member_int(json, "faults", verified->faults);
    json_member_int(json, "mended", verified->mended);
    json_member_int(json, "reports", verified->reports);
    json_member_int(json, "sums", verified->sums);
    json_member_int(json, "raws", verified->raws);
    json_member_int(json, "raw_bytes", verified->raw_bytes);
    json_member_int(json, "raws_gone", verified->raws_gone);
    json_member_bool(json, "stopped", verified->is_stopped);
    json_end_object(json);
    json_end_object(json);
    printer_json_end(printer);
}

static void print_text(struct printer *printer,
                       const struct store_verified *verified)
{
    char reports[NUMBER_TEXT_BYTES], sums[NUMBER_TEXT_BYTES];
    char raws[NUMBER_TEXT_BYTES], bytes[DB_BYTES_TEXT];
    char faults[NUMBER_TEXT_BYTES];

    if (verified->is_stopped) {
        printer_say(printer, "Stopped before the end.\n");
        return;
    }
    if (verified->faults > FAULTS_SHOWN && !arg_verbose)
        printer_say(printer, "and %s more (all: --verbose)\n",
                    number_count(verified->faults - FAULTS_SHOWN, faults));
    printer_say(printer,
                "%s reports with %s sums made anew, %s raw inputs of %s "
                "unpacked: ",
                number_count(verified->reports, reports),
                number_count(verified->sums, sums),
                number_count(verified->raws - verified->raws_gone, raws),
                db_bytes(verified->raw_bytes, bytes));
    if (verified->faults)
        printer_say_style(printer, PRINTER_BAD, "%s fault%s\n",
                          number_count(verified->faults, faults),
                          number_plural(verified->faults));
    else
        printer_say_style(printer, PRINTER_GOOD, "all as it should be\n");
    if (verified->mended)
        printer_say(printer, "Of these %s sum%s made anew.\n",
                    number_count(verified->mended, faults),
                    verified->mended == 1 ? " was" : "s were");
    if (verified->raws_gone)
        printer_say(printer,
                    "Of %s reports the raw octets were dropped by "
                    "age.\n",
                    number_count(verified->raws_gone, raws));
}

int db_verify(const struct db_call *call)
{
    struct verifying verifying = { .printer = call->printer };
    const struct store_verify_options options = {
        .fault = print_fault,
        .step = step,
        .context = &verifying,
        .mends = call->options->is_repair,
    };
    struct store_verified verified;
    struct store *store;
    struct err err;
    int status;

    if (db_open(call, options.mends ? STORE_WRITE : STORE_READ, &store, &err))
        return db_fail(call, &err);
    interrupt_init();
    progress_init(&verifying.progress, STDERR_FILENO, 0, !arg_quiet);
    status = store_verify(store, &options, &verified, &err);
    progress_clear(&verifying.progress);
    store_close(store);
    if (status)
        return db_fail(call, &err);
    if (call->printer->format == COMMAND_FORMAT_JSON)
        print_json(call->printer, &verified);
    else
        print_text(call->printer, &verified);
    if (verified.is_stopped)
        return EXIT_UNKNOWN;
    return verified.faults > verified.mended ? EXIT_FINDINGS : EXIT_GOOD;
}
