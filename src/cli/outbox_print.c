/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/outbox_print.h"

#include <stdio.h>

#include "cli/options.h"
#include "cli/table.h"

static const char *const origins[OUTBOX_ORIGIN_COUNT] = {
    [OUTBOX_RECORD] = "record",
    [OUTBOX_RULE] = "rule",
    [OUTBOX_COPY] = "copy",
};

static enum printer_style style_of(enum outbox_state state)
{
    return state == OUTBOX_DELIVERED ? PRINTER_GOOD
           : state == OUTBOX_WAITING ? PRINTER_PLAIN
           : state == OUTBOX_REFUSED || state == OUTBOX_GIVEN_UP
               ? PRINTER_BAD
               : PRINTER_FAINT;
}

/* ---- Members ------------------------------------------------------------- */

static void member(struct json_writer *json, const char *name,
                   struct slice text)
{
    json_key(json, name);
    json_string_slice(json, text.ptr ? text : SLICE(""));
}

static void write_delivery(struct json_writer *json,
                           const struct outbox_delivery *d)
{
    json_member_int(json, "id", d->id);
    json_member_day(json, "day", d->day);
    member(json, "domain", d->domain);
    member(json, "identity", d->tenant);
    member(json, "uri", d->uri);
    json_member_string(json, "origin", origins[d->origin]);
    json_member_string(json, "state", outbox_state_name(d->state));
    json_member_time(json, "start_at", d->start_at);
    json_member_time(json, "next_at",
                     d->state == OUTBOX_WAITING ? d->next_at : UTC_NONE);
    json_member_time(json, "first_try_at", d->first_try_at);
    json_member_time(json, "last_try_at", d->last_try_at);
    json_member_int(json, "tries", d->tries);
    json_member_bool(json, "under_way", d->is_open);
    member(json, "answer", d->answer);
}

static void write_report(struct json_writer *json,
                         const struct outbox_load *load)
{
    const struct outbox_report *r = &load->report;

    member(json, "record", r->record);
    json_member_int(json, "part", r->part);
    member(json, "report_id", r->report_id);
    member(json, "file_name", r->file_name);
    member(json, "submitter", r->submitter);
    json_member_int(json, "successes", r->success_sessions);
    json_member_int(json, "failures", r->failure_sessions);
    json_member_int(json, "json_bytes", r->json_bytes);
    json_member_int(json, "gzip_bytes", (int64_t)r->octets.len);
    json_member_int(json, "mail_bytes", (int64_t)load->mail.len);
    json_member_time(json, "composed_at", r->composed_at);
}

/* ---- Lists --------------------------------------------------------------- */

enum { PAGE_ROWS = 200, PAGE_BYTES = 16 << 20 };

/* Rows read and not yet printed. */
struct page {
    struct arena arena;
    struct outbox_delivery rows[PAGE_ROWS];
    size_t n;
};

struct listing {
    struct printer *printer;
    struct table table;
};

/* Keeps a row beyond the read. */
static int keep_row(void *context, const struct outbox_delivery *d,
                    struct err *err)
{
    struct page *page = context;
    struct outbox_delivery *row = &page->rows[page->n++];
    struct slice *texts[] = { &row->domain, &row->tenant, &row->uri, &row->host,
                              &row->answer };

    *row = *d;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        texts[i]->ptr = arena_copy(&page->arena, *texts[i]);
        if (!texts[i]->ptr)
            return arena_error(&page->arena, err);
    }
    return 0;
}

/* Adds a cell with a text that has no NUL behind it. */
static void add(struct table *table, enum printer_style style,
                struct slice text)
{
    char cell[512];

    snprintf(cell, sizeof(cell), "%.*s",
             (int)(text.len < sizeof(cell) ? text.len : sizeof(cell) - 1),
             text.ptr ? text.ptr : "");
    table_add(table, style, cell);
}

static void add_delivery(struct listing *listing,
                         const struct outbox_delivery *d)
{
    struct table *table = &listing->table;
    char text[UTC_TIME_BYTES];
    const utc_time when =
        d->state == OUTBOX_WAITING ? d->next_at : d->last_try_at;

    if (listing->printer->format == COMMAND_FORMAT_JSON) {
        struct json_writer *json = printer_json_begin(listing->printer);

        json_begin_object(json);
        write_delivery(json, d);
        json_end_object(json);
        printer_json_end(listing->printer);
        return;
    }
    snprintf(text, sizeof(text), "%lld", (long long)d->id);
    table_add(table, PRINTER_PLAIN, text);
    table_add(table, PRINTER_PLAIN, utc_day_format(d->day, text));
    add(table, PRINTER_PLAIN, d->domain);
    add(table, PRINTER_PLAIN, d->uri);
    table_add(table, style_of(d->state), outbox_state_name(d->state));
    snprintf(text, sizeof(text), "%lld", (long long)d->tries);
    table_add(table, PRINTER_PLAIN, text);
    table_add(table, PRINTER_PLAIN, utc_format(when, text));
    add(table, PRINTER_FAINT, d->answer);
}

static int print_counts(struct printer *printer, struct outbox *outbox,
                        struct err *err)
{
    int64_t n[OUTBOX_STATE_COUNT];
    const char *between = "in all: ";

    if (outbox_count(outbox, n, err))
        return -1;
    for (size_t i = 0; i < OUTBOX_STATE_COUNT; i++) {
        if (n[i] == 0)
            continue;
        printer_say(printer, "%s%lld %s", between, (long long)n[i],
                    outbox_state_name((enum outbox_state)i));
        between = ", ";
    }
    printer_say(printer, *between == 'i' ? "the outbox is empty\n" : "\n");
    return 0;
}

/* Page by page: whoever reads what is printed may take its time, and no read of the
 * outbox outlives a page. */
static int list_all(struct outbox *outbox, const struct outbox_filter *filter,
                    struct listing *listing, struct err *err)
{
    struct outbox_filter next = *filter;
    struct page page = { .n = 0 };
    int status;

    next.limit = PAGE_ROWS;
    arena_init(&page.arena, PAGE_BYTES);
    do {
        page.n = 0;
        arena_reset(&page.arena);
        status = outbox_each_delivery(outbox, &next, keep_row, &page, err);
        for (size_t i = 0; status == 0 && i < page.n; i++)
            add_delivery(listing, &page.rows[i]);
        if (page.n)
            next.behind = page.rows[page.n - 1].id;
    } while (status == 0 && page.n == PAGE_ROWS);
    arena_deinit(&page.arena);
    return status;
}

int outbox_print_list(struct printer *printer, struct outbox *outbox,
                      const struct outbox_filter *filter, struct err *err)
{
    static const struct table_column columns[] = {
        { "ID", "id", true, false },
        { "DAY", "day", false, false },
        { "DOMAIN", "domain", false, false },
        { "TO", "uri", false, false },
        { "STATE", "state", false, false },
        { "TRIES", "tries", true, false },
        { "NEXT OR LAST", "when", false, false },
        { "ANSWER", "answer", false, false },
    };
    struct listing listing = { .printer = printer };
    int status;

    table_init(&listing.table, columns, sizeof(columns) / sizeof(*columns));
    status = list_all(outbox, filter, &listing, err);
    if (status == 0 && listing.table.failed)
        status = err_memory(err);
    if (status == 0 && printer->format != COMMAND_FORMAT_JSON) {
        if (listing.table.n_cells)
            table_print(&listing.table, printer);
        status = print_counts(printer, outbox, err);
    }
    table_deinit(&listing.table);
    return status;
}

/* ---- One ----------------------------------------------------------------- */

static void say(struct printer *printer, const char *name, struct slice text)
{
    char value[1100];

    if (text.len == 0)
        return;
    snprintf(value, sizeof(value), "%.*s",
             (int)(text.len < sizeof(value) ? text.len : sizeof(value) - 1),
             text.ptr);
    printer_say(printer, "%-12s ", name);
    printer_outside(printer, value);
    printer_say(printer, "\n");
}

static void say_time(struct printer *printer, const char *name, utc_time time)
{
    char text[UTC_TIME_BYTES];

    say(printer, name, slice_of(utc_format(time, text)));
}

/* How far a report has come at all its destinations. */
struct progress_of_report {
    int64_t n;
    int64_t n_delivered;
};

static void say_progress(struct printer *printer,
                         const struct progress_of_report *progress)
{
    printer_say(printer, "%-12s %s: %lld of %lld destination%s accepted it\n",
                "report", progress->n_delivered ? "delivered" : "not delivered",
                (long long)progress->n_delivered, (long long)progress->n,
                progress->n == 1 ? " has" : "s have");
}

static void say_one(struct printer *printer, const struct outbox_load *load,
                    const struct progress_of_report *progress)
{
    const struct outbox_delivery *d = &load->delivery;
    const struct outbox_report *r = &load->report;
    char text[UTC_DAY_BYTES];

    printer_say(printer, "%-12s %lld\n", "delivery", (long long)d->id);
    say(printer, "day", slice_of(utc_day_format(d->day, text)));
    say(printer, "domain", d->domain);
    say(printer, "record", r->record);
    say(printer, "identity", d->tenant);
    say(printer, "to", d->uri);
    say(printer, "origin", slice_of(origins[d->origin]));
    say(printer, "state", slice_of(outbox_state_name(d->state)));
    say(printer, "answer", d->answer);
    printer_say(printer, "%-12s %lld%s\n", "tries", (long long)d->tries,
                d->is_open ? ", one begun and not ended" : "");
    say_time(printer, "starts", d->start_at);
    if (d->state == OUTBOX_WAITING)
        say_time(printer, "next", d->next_at);
    say_time(printer, "first try", d->first_try_at);
    say_time(printer, "last try", d->last_try_at);
    say_progress(printer, progress);
    say(printer, "report-id", r->report_id);
    say(printer, "file", r->file_name);
    printer_say(printer, "%-12s %lld succeeded, %lld failed\n", "sessions",
                (long long)r->success_sessions, (long long)r->failure_sessions);
    printer_say(printer, "%-12s %lld octets, %zu as gzip\n", "size",
                (long long)r->json_bytes, r->octets.len);
}

int outbox_print_one(struct printer *printer, struct outbox *outbox, int64_t id,
                     struct err *err)
{
    struct progress_of_report progress = { 0 };
    struct outbox_load load;
    struct arena arena;
    int status;

    arena_init(&arena, SIZE_MAX / 2);
    status = outbox_load(outbox, id, &arena, &load, err);
    if (status == 0)
        status = outbox_count_report(outbox, load.report.id, &progress.n,
                                     &progress.n_delivered, err);
    if (status == 0 && printer->format == COMMAND_FORMAT_JSON) {
        struct json_writer *json = printer_json_begin(printer);

        json_begin_object(json);
        write_delivery(json, &load.delivery);
        write_report(json, &load);
        json_member_int(json, "report_destinations", progress.n);
        json_member_int(json, "report_accepted", progress.n_delivered);
        json_end_object(json);
        printer_json_end(printer);
    } else if (status == 0) {
        say_one(printer, &load, &progress);
    }
    arena_deinit(&arena);
    return status;
}

/* ---- Changes ------------------------------------------------------------- */

void outbox_print_change(struct printer *printer, int64_t id,
                         enum outbox_state state)
{
    if (printer->format == COMMAND_FORMAT_JSON) {
        struct json_writer *json = printer_json_begin(printer);

        json_begin_object(json);
        json_member_int(json, "id", id);
        json_member_string(json, "state", outbox_state_name(state));
        json_end_object(json);
        printer_json_end(printer);
    } else if (!arg_quiet) {
        printer_say(printer, "%lld: %s\n", (long long)id,
                    outbox_state_name(state));
    }
}

static void write_suppression(struct printer *printer, struct slice pattern,
                              struct slice reason, utc_time until)
{
    struct json_writer *json = printer_json_begin(printer);

    json_begin_object(json);
    member(json, "pattern", pattern);
    member(json, "reason", reason);
    json_member_time(json, "until", until);
    json_end_object(json);
    printer_json_end(printer);
}

void outbox_print_suppressed(struct printer *printer, const char *pattern,
                             utc_time until, size_t n_ended)
{
    char text[UTC_TIME_BYTES];

    if (printer->format == COMMAND_FORMAT_JSON) {
        write_suppression(printer, slice_of(pattern), SLICE(""), until);
        return;
    }
    if (arg_quiet)
        return;
    printer_outside(printer, pattern);
    printer_say(printer, " gets nothing%s%s; %zu deliver%s that waited ended\n",
                until == UTC_NONE ? "" : " until ", utc_format(until, text),
                n_ended, n_ended == 1 ? "y" : "ies");
}

static int print_suppression(void *context,
                             const struct outbox_suppression *row,
                             struct err *err)
{
    struct printer *printer = context;

    (void)err;
    if (printer->format == COMMAND_FORMAT_JSON) {
        write_suppression(printer, row->pattern, row->reason, row->expires_at);
        return 0;
    }
    say(printer, "pattern", row->pattern);
    say(printer, "  reason", row->reason);
    say_time(printer, "  since", row->created_at);
    say_time(printer, "  until", row->expires_at);
    return 0;
}

int outbox_print_suppressions(struct printer *printer, struct outbox *outbox,
                              utc_time now, struct err *err)
{
    return outbox_each_suppression(outbox, now, print_suppression, printer,
                                   err);
}
