/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox.h"

#include <stdlib.h>

#include "store/outbox_handle.h"
#include "store/sql.h"

int outbox_open(const char *url, enum store_mode mode,
                const struct clock *clock, struct outbox **out_outbox,
                struct err *err)
{
    static const struct store_kind kind = {
        .application = OUTBOX_APPLICATION,
        .migrations = outbox_migrations,
        .same_since = OUTBOX_SAME_SINCE,
    };
    struct outbox *outbox = calloc(1, sizeof(*outbox));

    if (!outbox)
        return err_memory(err);
    if (store_open_kind(url, mode, clock, &kind, &outbox->store, err)) {
        free(outbox);
        return -1;
    }
    *out_outbox = outbox;
    return 0;
}

const char *outbox_path(const struct outbox *outbox)
{
    return sqlite3_db_filename(outbox->store->db, "main");
}

void outbox_close(struct outbox *outbox)
{
    if (!outbox)
        return;
    store_close(outbox->store);
    free(outbox);
}

int outbox_begin(struct outbox *outbox, struct err *err)
{
    return store_begin(outbox->store, err);
}

int outbox_commit(struct outbox *outbox, struct err *err)
{
    return store_commit(outbox->store, err);
}

void outbox_abandon(struct outbox *outbox)
{
    store_rollback(outbox->store);
}

int outbox_enter(struct outbox *outbox, bool *out_is_own, struct err *err)
{
    *out_is_own = !outbox->store->is_in_batch;
    return *out_is_own ? store_begin(outbox->store, err)
                       : store_check_batch(outbox->store, err);
}

int outbox_leave(struct outbox *outbox, bool is_own, int status,
                 struct err *err)
{
    if (!is_own) {
        outbox->store->is_broken |= status < 0;
    } else if (status < 0) {
        store_rollback(outbox->store);
    } else if (store_commit(outbox->store, err)) {
        return -1;
    }
    return status;
}

int outbox_run(struct outbox *outbox, sqlite3_stmt *change, struct err *err)
{
    bool is_own;
    int status;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    status = sql_run(outbox->store, change, err);
    if (status == 0)
        status = sqlite3_changes(outbox->store->db) == 0;
    return outbox_leave(outbox, is_own, status, err);
}

void outbox_bind(sqlite3_stmt *statement, int place, struct slice text)
{
    sqlite3_bind_text64(statement, place, text.len ? text.ptr : "", text.len,
                        SQLITE_STATIC, SQLITE_UTF8);
}

struct slice outbox_column(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return slice_make(text, (size_t)sqlite3_column_bytes(statement, column));
}

/* ---- Composing ----------------------------------------------------------- */

/* Binds the parameters 1 to 4 to a key. */
static void bind_key(sqlite3_stmt *statement, const struct outbox_skip *key)
{
    sql_bind_integer(statement, 1, key->day);
    outbox_bind(statement, 2, key->tenant);
    outbox_bind(statement, 3, key->domain);
    outbox_bind(statement, 4, key->record);
}

int outbox_has_report(struct outbox *outbox, const struct outbox_skip *key,
                      struct err *err)
{
    sqlite3_stmt *find = sql_use(
        outbox->store, STATEMENT_OUTBOX_HAS,
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM report WHERE day = ?1 AND"
        " tenant = ?2 AND domain = ?3 AND record = ?4) OR EXISTS (SELECT 1"
        " FROM skip WHERE day = ?1 AND tenant = ?2 AND domain = ?3 AND"
        " record = ?4)",
        err);
    int status;

    if (!find)
        return -1;
    bind_key(find, key);
    status = sql_step(outbox->store, find, err);
    sqlite3_reset(find);
    return status;
}

/* Returns: 0 with its id, 1 where it stands already, -1. */
static int put_report(struct outbox *outbox, const struct outbox_report *report,
                      int64_t *out_id, struct err *err)
{
    struct store *store = outbox->store;
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_OUTBOX_REPORT_PUT,
                "INSERT INTO report (day, part, success_sessions,"
                " failure_sessions, json_bytes, composed_at, domain, record,"
                " tenant, report_id, file_name, submitter, octets)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
                " ?13) ON CONFLICT DO NOTHING",
                err);

    if (!put)
        return -1;
    sql_bind_integers(put, report->day, report->part, report->success_sessions,
                      report->failure_sessions, report->json_bytes,
                      clock_now(store->clock));
    outbox_bind(put, 7, report->domain);
    outbox_bind(put, 8, report->record);
    outbox_bind(put, 9, report->tenant);
    outbox_bind(put, 10, report->report_id);
    outbox_bind(put, 11, report->file_name);
    outbox_bind(put, 12, report->submitter);
    sql_bind_octets(put, 13, report->octets.ptr, report->octets.len);
    if (sql_run(store, put, err))
        return -1;
    *out_id = sqlite3_last_insert_rowid(store->db);
    return sqlite3_changes(store->db) == 0;
}

static int put_delivery(struct outbox *outbox, int64_t report,
                        const struct outbox_destination *destination,
                        struct err *err)
{
    sqlite3_stmt *put =
        sql_use(outbox->store, STATEMENT_OUTBOX_DELIVERY_PUT,
                "INSERT INTO delivery (report_id, origin, state, start_at,"
                " next_at, first_try_at, last_try_at, tries, is_open, uri,"
                " host, answer) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?5, 0, 0,"
                " ?6, ?7, ?8)",
                err);

    if (!put)
        return -1;
    sql_bind_integers(put, report, destination->origin, destination->state,
                      destination->start_at, UTC_NONE);
    outbox_bind(put, 6, destination->uri);
    outbox_bind(put, 7, destination->host);
    outbox_bind(put, 8, destination->reason);
    return sql_run(outbox->store, put, err);
}

int outbox_put_report(struct outbox *outbox, const struct outbox_report *report,
                      const struct outbox_destination *destinations, size_t n,
                      struct err *err)
{
    int64_t id = 0;
    bool is_own;
    int status;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    status = put_report(outbox, report, &id, err);
    for (size_t i = 0; status == 0 && i < n; i++)
        status = put_delivery(outbox, id, &destinations[i], err);
    return outbox_leave(outbox, is_own, status, err);
}

int outbox_put_skip(struct outbox *outbox, const struct outbox_skip *skip,
                    struct err *err)
{
    sqlite3_stmt *put =
        sql_use(outbox->store, STATEMENT_OUTBOX_SKIP_PUT,
                "INSERT INTO skip (day, tenant, domain, record, reason)"
                " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                err);

    if (!put)
        return -1;
    bind_key(put, skip);
    outbox_bind(put, 5, skip->reason);
    return outbox_run(outbox, put, err);
}

/* ---- Days ---------------------------------------------------------------- */

int outbox_close_day(struct outbox *outbox, utc_day day, struct err *err)
{
    SQL_ONCE sqlite3_stmt *put = sql_prepare(
        outbox->store,
        "INSERT INTO day (day, composed_at, n_reports, n_skipped,"
        " n_deliveries) VALUES (?1, ?2,"
        " (SELECT count(*) FROM report WHERE day = ?1),"
        " (SELECT count(*) FROM skip WHERE day = ?1),"
        " (SELECT count(*) FROM delivery d JOIN report r ON r.id = d.report_id"
        "  WHERE r.day = ?1)) ON CONFLICT DO NOTHING",
        err);

    if (!put)
        return -1;
    sql_bind_integers(put, day, clock_now(outbox->store->clock));
    return outbox_run(outbox, put, err) < 0 ? -1 : 0;
}

int outbox_find_day(struct outbox *outbox, utc_day day,
                    struct outbox_day *out_day, struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        outbox->store,
        "SELECT composed_at, n_reports, n_skipped, n_deliveries FROM day"
        " WHERE day = ?1",
        err);
    int status;

    if (!find)
        return -1;
    sql_bind_integer(find, 1, day);
    status = sql_step(outbox->store, find, err);
    if (status > 0)
        *out_day = (struct outbox_day){
            .day = day,
            .composed_at = sqlite3_column_int64(find, 0),
            .n_reports = sqlite3_column_int64(find, 1),
            .n_skipped = sqlite3_column_int64(find, 2),
            .n_deliveries = sqlite3_column_int64(find, 3),
        };
    return status;
}

int outbox_count_mails(struct outbox *outbox, utc_day day, struct slice host,
                       int64_t *out_mails, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(outbox->store, STATEMENT_OUTBOX_MAILS,
                "SELECT n FROM mail_count WHERE day = ?1 AND host = ?2", err);
    int status;

    if (!find)
        return -1;
    sql_bind_integer(find, 1, day);
    outbox_bind(find, 2, host);
    status = sql_step(outbox->store, find, err);
    if (status < 0)
        return -1;
    *out_mails = status ? sqlite3_column_int64(find, 0) : 0;
    sqlite3_reset(find);
    return 0;
}
