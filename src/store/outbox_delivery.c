/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox.h"

#include "base/arena.h"
#include "store/outbox_handle.h"
#include "store/sql.h"

/* What is_open says of a try that has begun and not been noted: how, and whether
 * it was counted as a mail. */
enum { OPEN = 1, OPEN_MAIL = 2 };

#define SELECT_DELIVERY                                                        \
    "SELECT " OUTBOX_DELIVERY_COLUMNS                                          \
    " FROM delivery d JOIN report r ON r.id = d.report_id "

struct outbox_delivery outbox_delivery_row(sqlite3_stmt *row)
{
    return (struct outbox_delivery){
        .id = sqlite3_column_int64(row, 0),
        .report = sqlite3_column_int64(row, 1),
        .day = (utc_day)sqlite3_column_int64(row, 2),
        .domain = outbox_column(row, 3),
        .tenant = outbox_column(row, 4),
        .uri = outbox_column(row, 5),
        .host = outbox_column(row, 6),
        .origin = (enum outbox_origin)sqlite3_column_int64(row, 7),
        .state = (enum outbox_state)sqlite3_column_int64(row, 8),
        .start_at = sqlite3_column_int64(row, 9),
        .next_at = sqlite3_column_int64(row, 10),
        .first_try_at = sqlite3_column_int64(row, 11),
        .last_try_at = sqlite3_column_int64(row, 12),
        .tries = sqlite3_column_int64(row, 13),
        .is_open = sqlite3_column_int64(row, 14) != 0,
        .answer = outbox_column(row, 15),
    };
}

int outbox_each_due(struct outbox *outbox, utc_time now, size_t n,
                    outbox_delivery_function *function, void *context,
                    struct err *err)
{
    struct store *store = outbox->store;
    sqlite3_stmt *each =
        sql_use(store, STATEMENT_OUTBOX_DUE,
                SELECT_DELIVERY "WHERE d.state = 0 AND d.next_at <= ?1"
                                " ORDER BY d.next_at, d.id LIMIT ?2",
                err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, now, (int64_t)n);
    while ((status = sql_step(store, each, err)) > 0) {
        const struct outbox_delivery delivery = outbox_delivery_row(each);

        status = function(context, &delivery, err);
        if (status)
            break;
    }
    sqlite3_reset(each);
    return status;
}

int outbox_next_due(struct outbox *outbox, utc_time *out_at, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(outbox->store, STATEMENT_OUTBOX_NEXT,
                "SELECT min(next_at) FROM delivery WHERE state = 0", err);
    int status = find ? sql_step(outbox->store, find, err) : -1;

    if (status < 0)
        return -1;
    *out_at = sqlite3_column_type(find, 0) == SQLITE_NULL
                  ? UTC_NONE
                  : sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return 0;
}

/* ---- Loading ------------------------------------------------------------- */

/* Moves a text from the row to the arena. */
static int keep(struct arena *arena, struct slice *text)
{
    char *copy = arena_copy(arena, *text);

    if (!copy)
        return -1;
    text->ptr = copy;
    return 0;
}

static struct slice blob(sqlite3_stmt *row, int column)
{
    const void *octets = sqlite3_column_blob(row, column);

    return slice_make(octets, (size_t)sqlite3_column_bytes(row, column));
}

/* Columns behind those of a delivery, in the order of the statement below. */
static struct outbox_report report_row(sqlite3_stmt *row)
{
    const int at = OUTBOX_N_DELIVERY_COLUMNS;

    return (struct outbox_report){
        .record = outbox_column(row, at),
        .part = sqlite3_column_int(row, at + 1),
        .report_id = outbox_column(row, at + 2),
        .file_name = outbox_column(row, at + 3),
        .submitter = outbox_column(row, at + 4),
        .success_sessions = sqlite3_column_int64(row, at + 5),
        .failure_sessions = sqlite3_column_int64(row, at + 6),
        .json_bytes = sqlite3_column_int64(row, at + 7),
        .composed_at = sqlite3_column_int64(row, at + 8),
        .octets = blob(row, at + 9),
    };
}

static int load_row(sqlite3_stmt *row, struct arena *arena,
                    struct outbox_load *out, struct err *err)
{
    const int at = OUTBOX_N_DELIVERY_COLUMNS + 10;
    struct outbox_delivery *delivery = &out->delivery;
    struct outbox_report *report = &out->report;
    struct slice *texts[] = {
        &delivery->domain,  &delivery->tenant,  &delivery->uri,
        &delivery->host,    &delivery->answer,  &report->record,
        &report->report_id, &report->file_name, &report->submitter,
        &report->octets,    &out->mail,         &out->sender,
        &out->recipient,
    };

    *delivery = outbox_delivery_row(row);
    *report = report_row(row);
    out->mail = blob(row, at);
    out->sender = outbox_column(row, at + 1);
    out->recipient = outbox_column(row, at + 2);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (keep(arena, texts[i]))
            return arena_error(arena, err);
    }
    report->id = delivery->report;
    report->day = delivery->day;
    report->domain = delivery->domain;
    report->tenant = delivery->tenant;
    return 0;
}

int outbox_load(struct outbox *outbox, int64_t delivery, struct arena *arena,
                struct outbox_load *out_load, struct err *err)
{
    sqlite3_stmt *load =
        sql_use(outbox->store, STATEMENT_OUTBOX_LOAD,
                "SELECT " OUTBOX_DELIVERY_COLUMNS
                ", r.record, r.part, r.report_id, r.file_name, r.submitter,"
                " r.success_sessions, r.failure_sessions, r.json_bytes,"
                " r.composed_at, r.octets, m.octets, m.sender, m.recipient"
                " FROM delivery d JOIN report r ON r.id = d.report_id"
                " LEFT JOIN mail m ON m.delivery_id = d.id WHERE d.id = ?1",
                err);
    struct outbox_load met = { .mail = { NULL, 0 } };
    int status;

    if (!load)
        return -1;
    sql_bind_integer(load, 1, delivery);
    status = sql_step(outbox->store, load, err);
    if (status <= 0)
        return status ? -1 : 1;
    status = load_row(load, arena, &met, err);
    sqlite3_reset(load);
    if (status == 0)
        *out_load = met;
    return status;
}

/* ---- Trying -------------------------------------------------------------- */

int outbox_keep_mail(struct outbox *outbox, int64_t delivery, struct slice mail,
                     struct slice sender, struct slice recipient,
                     struct err *err)
{
    sqlite3_stmt *put =
        sql_use(outbox->store, STATEMENT_OUTBOX_MAIL_PUT,
                "INSERT INTO mail (delivery_id, octets, sender, recipient)"
                " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                err);

    if (!put)
        return -1;
    sql_bind_integer(put, 1, delivery);
    sql_bind_octets(put, 2, mail.ptr, mail.len);
    outbox_bind(put, 3, sender);
    outbox_bind(put, 4, recipient);
    return outbox_run(outbox, put, err);
}

/* Adds to what is counted for the domain of an address on a day. */
static int count_mail(struct outbox *outbox, int64_t delivery, utc_day day,
                      int by, struct err *err)
{
    return sql_run_with(
        outbox->store,
        sql_use(outbox->store, STATEMENT_OUTBOX_MAIL_COUNT,
                "INSERT INTO mail_count (day, host, n)"
                " SELECT ?2, host, ?3 FROM delivery WHERE id = ?1"
                " ON CONFLICT DO UPDATE SET n = max(0, n + ?3)",
                err),
        err, delivery, day, by);
}

/* Notes the start in an open transaction. */
static int note_start(struct outbox *outbox, int64_t delivery, bool is_mail,
                      struct err *err)
{
    const utc_time now = clock_now(outbox->store->clock);

    if (sql_run_with(
            outbox->store,
            sql_use(outbox->store, STATEMENT_OUTBOX_START,
                    "UPDATE delivery SET is_open = ?4, tries = tries + 1,"
                    " last_try_at = ?2, first_try_at = CASE first_try_at"
                    " WHEN ?3 THEN ?2 ELSE first_try_at END"
                    " WHERE id = ?1 AND state = 0",
                    err),
            err, delivery, now, UTC_NONE, is_mail ? OPEN_MAIL : OPEN))
        return -1;
    if (sqlite3_changes(outbox->store->db) == 0)
        return 1;
    return is_mail ? count_mail(outbox, delivery, utc_day_of(now), 1, err) : 0;
}

int outbox_note_start(struct outbox *outbox, int64_t delivery, bool is_mail,
                      struct err *err)
{
    bool is_own;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    return outbox_leave(outbox, is_own,
                        note_start(outbox, delivery, is_mail, err), err);
}

/*
 * Asks for a try that is open and was counted as a mail.
 * Returns: 0 with its day; 1 where there is none; -1 with err.
 */
static int find_counted(struct outbox *outbox, int64_t delivery,
                        utc_day *out_day, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(outbox->store, STATEMENT_OUTBOX_COUNTED,
                "SELECT last_try_at FROM delivery WHERE id = ?1"
                " AND is_open = ?2",
                err);
    const int status =
        sql_find_with(outbox->store, find, err, delivery, OPEN_MAIL);

    if (status)
        return status;
    *out_day = utc_day_of(sqlite3_column_int64(find, 0));
    sqlite3_reset(find);
    return 0;
}

/* Takes back what was counted when the try began, where no mail left us. */
static int count_back(struct outbox *outbox, int64_t delivery, struct err *err)
{
    utc_day day = UTC_DAY_NONE;
    const int status = find_counted(outbox, delivery, &day, err);

    if (status)
        return status < 0 ? -1 : 0;
    return count_mail(outbox, delivery, day, -1, err);
}

/* Notes the end of a try in an open transaction. */
static int note_try(struct outbox *outbox, int64_t delivery,
                    const struct outbox_try *try, struct err *err)
{
    sqlite3_stmt *note;

    if (!try->is_mail && count_back(outbox, delivery, err))
        return -1;
    note = sql_use(outbox->store, STATEMENT_OUTBOX_NOTE,
                   "UPDATE delivery SET is_open = 0, answer = ?5, next_at ="
                   " CASE ?2 WHEN 0 THEN ?3 ELSE next_at END, state ="
                   " CASE WHEN state = 0 OR ?2 = ?4 THEN ?2 ELSE state END"
                   " WHERE id = ?1",
                   err);
    if (!note)
        return -1;
    sql_bind_integers(note, delivery, try->state, try->next_at,
                      OUTBOX_DELIVERED);
    sql_bind_text(note, 5, try->answer);
    if (sql_run(outbox->store, note, err))
        return -1;
    return sqlite3_changes(outbox->store->db) == 0;
}

int outbox_note_try(struct outbox *outbox, int64_t delivery,
                    const struct outbox_try *try, struct err *err)
{
    bool is_own;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    return outbox_leave(outbox, is_own, note_try(outbox, delivery, try, err),
                        err);
}
