/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/reread.h"

#include <unistd.h>

#include "base/clock.h"
#include "cli/db.h"
#include "cli/exit.h"
#include "cli/interrupt.h"
#include "cli/number.h"
#include "cli/options.h"
#include "cli/printer.h"
#include "cli/progress.h"
#include "insight/insight.h"
#include "intake/read.h"
#include "service/reader.h"
#include "store/stale.h"

static void print_json(struct printer *printer,
                       const struct intake_reread_counts *counts,
                       bool is_stopped)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    json_member_int(json, "reader_version", INTAKE_READER_VERSION);
    json_member_int(json, "raws", counts->raws);
    json_member_int(json, "gone", counts->gone);
    json_member_int(json, "same", counts->same);
    json_member_int(json, "changed", counts->changed);
    json_member_int(json, "merged", counts->merged);
    json_member_int(json, "added", counts->added);
    json_member_int(json, "lost", counts->lost);
    json_member_int(json, "released", counts->released);
    json_member_int(json, "refused", counts->refused);
    json_member_bool(json, "stopped", is_stopped);
    json_end_object(json);
    printer_json_end(printer);
}

static void print_line(struct printer *printer, int64_t count, const char *what)
{
    char text[NUMBER_TEXT_BYTES];

    if (count)
        printer_say(printer, "  %12s  %s\n", number_count(count, text), what);
}

void db_print_reread(struct printer *printer,
                     const struct intake_reread_counts *counts, bool is_stopped)
{
    char text[NUMBER_TEXT_BYTES];

    if (printer->format == COMMAND_FORMAT_JSON) {
        print_json(printer, counts, is_stopped);
        return;
    }
    printer_say(printer, "%s raw input%s read again by reader version %d\n",
                number_count(counts->raws, text), number_plural(counts->raws),
                INTAKE_READER_VERSION);
    print_line(printer, counts->same, "reports read as they did");
    print_line(printer, counts->changed, "reports read differently");
    print_line(printer, counts->merged, "reports were duplicates of others");
    print_line(printer, counts->added, "reports had not been read before");
    print_line(printer, counts->lost,
               "reports are not read any more; they stay as they are");
    print_line(printer, counts->released, "refusals left the quarantine");
    print_line(printer, counts->refused, "inputs are still refused");
    print_line(printer, counts->gone,
               "raw inputs are no longer kept; their reports stay");
    if (is_stopped)
        printer_say(printer,
                    "Stopped before the end; run it again to go on.\n");
}

/* What a worker fails over is kept with its reason: this is for the curious. */
static void note(void *context, enum reader_note kind, const char *text)
{
    struct printer talk;
    struct err err;

    (void)context;
    if (!arg_verbose)
        return;
    printer_init(&talk, STDERR_FILENO, COMMAND_FORMAT_TEXT, arg_color);
    printer_say(&talk, kind == READER_STARTED ? "reading confined: "
                                              : "the reader failed: ");
    printer_outside(&talk, text);
    printer_say(&talk, "\n");
    (void)printer_close(&talk, &err);
}

int db_open_rereading(const struct db_call *call,
                      struct db_rereading *rereading, struct err *err)
{
    const struct reader_options reader = { .note = note };
    struct intake_reread_options options = { .organization_key =
                                                 insight_organization_key,
                                             .signed_key =
                                                 insight_organization_signed,
                                             .clock = &clock_system,
                                             .read = reader_read,
                                             .hurry = reader_set_first_look };

    *rereading = (struct db_rereading){ .reader = NULL };
    /* The worker is a copy of what is in memory now. */
    if (reader_open(&reader, &rereading->reader, err) ||
        db_open(call, STORE_WRITE, &rereading->store, err))
        return -1;
    options.read_context = rereading->reader;
    return intake_reread_new(rereading->store, &options, &rereading->reread,
                             err);
}

void db_close_rereading(struct db_rereading *rereading)
{
    intake_reread_free(rereading->reread);
    store_close(rereading->store);
    reader_close(rereading->reader);
}

/* Reads raw by raw. Returns: 0, -1 with err. */
static int read_all(struct intake_reread *reread, int64_t total,
                    bool *out_is_stopped, struct err *err)
{
    const struct intake_reread_counts *counts = intake_reread_counts(reread);
    int64_t begin_ms = clock_monotonic_ms();
    struct progress progress;
    int status;

    progress_init(&progress, STDERR_FILENO, total, !arg_quiet);
    do {
        status = intake_reread_step(reread, err);
        progress_step(&progress, &(struct progress_state){
                                     .done_bytes = counts->raws + counts->gone,
                                     .what = "raw inputs" });
        /* The lock is free between batches alone. */
        if (!intake_reread_is_in_batch(reread))
            db_let_others(&begin_ms);
        *out_is_stopped = status > 0 && interrupt_is_set();
    } while (status > 0 && !*out_is_stopped);
    progress_clear(&progress);
    if (status >= 0 && *out_is_stopped)
        status = intake_reread_commit(reread, err);
    return status < 0 ? -1 : 0;
}

static int reread_store(const struct db_call *call, bool *out_is_stopped,
                        struct err *err)
{
    struct db_rereading rereading;
    int64_t total;
    int status = db_open_rereading(call, &rereading, err);

    if (status == 0)
        status = store_count_stale(rereading.store, INTAKE_READER_VERSION,
                                   &total, err);
    if (status == 0)
        status = read_all(rereading.reread, total, out_is_stopped, err);
    if (status == 0)
        db_print_reread(call->printer, intake_reread_counts(rereading.reread),
                        *out_is_stopped);
    db_close_rereading(&rereading);
    return status;
}

int db_reread(const struct db_call *call)
{
    bool is_stopped = false;
    struct err err;

    interrupt_init();
    if (reread_store(call, &is_stopped, &err))
        return db_fail(call, &err);
    return is_stopped ? EXIT_UNKNOWN : EXIT_GOOD;
}
