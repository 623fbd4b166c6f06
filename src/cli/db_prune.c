/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/prune.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/db.h"
#include "cli/exit.h"
#include "cli/interrupt.h"
#include "cli/number.h"
#include "cli/printer.h"
#include "cli/progress.h"

/* Reads a number of days. Returns: 0, -1 with err. */
static int read_days(const char *name, const char *text, int *days,
                     struct err *err)
{
    char *end;
    long value;

    if (!text)
        return 0;
    value = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value > STORE_KEEP_DAYS_MAX)
        return err_set(err, ERR_USAGE,
                       "--%s is a number of days, 0 for ever, not '%.32s'",
                       name, text);
    *days = (int)value;
    return 0;
}

static int read_retention(const struct db_options *options,
                          struct store_retention *keep, struct err *err)
{
    *keep = (struct store_retention){ .raw_days = STORE_KEEP_RAW_DAYS,
                                      .facts_days = STORE_KEEP_FACTS_DAYS,
                                      .quarantine_days =
                                          STORE_KEEP_QUARANTINE_DAYS };
    if (read_days("raw-days", options->raw_days, &keep->raw_days, err) ||
        read_days("facts-days", options->facts_days, &keep->facts_days, err))
        return -1;
    return read_days("quarantine-days", options->quarantine_days,
                     &keep->quarantine_days, err);
}

/* What is printed at the end. */
struct outcome {
    struct store_retention keep;
    struct store_pruned counts;
    bool is_dry;
    bool is_stopped;
};

static void print_json(struct printer *printer, const struct outcome *outcome)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_bool(json, "dry_run", outcome->is_dry);
    json_member_int(json, "raw_days", outcome->keep.raw_days);
    json_member_int(json, "facts_days", outcome->keep.facts_days);
    json_member_int(json, "quarantine_days", outcome->keep.quarantine_days);
    json_member_int(json, "reports", outcome->counts.reports);
    json_member_int(json, "quarantined", outcome->counts.quarantined);
    json_member_int(json, "raws", outcome->counts.raws);
    json_member_int(json, "raw_bytes", outcome->counts.raw_bytes);
    json_member_int(json, "free_bytes", outcome->counts.free_bytes);
    json_member_bool(json, "stopped", outcome->is_stopped);
    json_end_object(json);
    printer_json_end(printer);
}

static void print_line(struct printer *printer, int64_t count, const char *what,
                       int days)
{
    char text[NUMBER_TEXT_BYTES], age[48] = "kept for ever";

    if (days > 0)
        snprintf(age, sizeof(age), "older than %d day%s", days,
                 number_plural(days));
    printer_say(printer, "  %12s  %-15s %s\n", number_count(count, text), what,
                age);
}

static void print_text(struct printer *printer, const struct outcome *outcome)
{
    char bytes[DB_BYTES_TEXT];

    printer_say(printer,
                outcome->is_dry ? "Would be removed:\n" : "Removed:\n");
    print_line(printer, outcome->counts.reports, "reports",
               outcome->keep.facts_days);
    print_line(printer, outcome->counts.quarantined, "refused inputs",
               outcome->keep.quarantine_days);
    print_line(printer, outcome->counts.raws, "raw inputs",
               outcome->keep.raw_days);
    printer_say(printer, "The raw inputs %s %s",
                outcome->is_dry ? "take" : "took",
                db_bytes(outcome->counts.raw_bytes, bytes));
    printer_say(printer, "; %s of the file are free and are filled again.\n",
                db_bytes(outcome->counts.free_bytes, bytes));
    if (outcome->is_stopped)
        printer_say(printer, "Stopped before the end.\n");
}

static int count(const struct db_call *call, struct outcome *outcome,
                 struct err *err)
{
    struct store *store;
    int status;

    if (db_open(call, STORE_READ, &store, err))
        return -1;
    status = store_prune_count(store, &outcome->keep, &outcome->counts, err);
    store_close(store);
    return status;
}

static int run_steps(struct store *store, struct outcome *outcome,
                     struct err *err)
{
    struct store_prune prune;
    struct progress progress;
    int64_t pause = clock_monotonic_ms();
    int status;

    progress_init(&progress, STDERR_FILENO, 0, !arg_quiet);
    store_prune_init(&prune, &outcome->keep);
    prune.is_thorough = true;
    do {
        char text[128], reports[NUMBER_TEXT_BYTES], raws[NUMBER_TEXT_BYTES];

        status = store_prune_step(store, &prune, err);
        db_let_others(&pause);
        snprintf(text, sizeof(text), "%s reports, %s raw inputs removed",
                 number_count(prune.counts.reports, reports),
                 number_count(prune.counts.raws, raws));
        progress_step(&progress, &(struct progress_state){ .what = text });
        outcome->is_stopped = status > 0 && interrupt_is_set();
    } while (status > 0 && !outcome->is_stopped);
    progress_clear(&progress);
    outcome->counts = prune.counts;
    return status < 0 ? -1 : 0;
}

static int prune(const struct db_call *call, struct outcome *outcome,
                 struct err *err)
{
    struct store *store;
    int status;

    if (db_open(call, STORE_WRITE, &store, err))
        return -1;
    interrupt_init();
    status = run_steps(store, outcome, err);
    store_close(store);
    return status;
}

int db_prune(const struct db_call *call)
{
    struct outcome outcome = { .is_dry = call->options->is_dry };
    struct err err;

    if (read_retention(call->options, &outcome.keep, &err) ||
        (outcome.is_dry ? count(call, &outcome, &err)
                        : prune(call, &outcome, &err)))
        return db_fail(call, &err);
    if (call->printer->format == COMMAND_FORMAT_JSON)
        print_json(call->printer, &outcome);
    else
        print_text(call->printer, &outcome);
    return outcome.is_stopped ? EXIT_UNKNOWN : EXIT_GOOD;
}
