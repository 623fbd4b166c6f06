/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/outbox.h"

#include "store/outbox_handle.h"
#include "store/sql.h"

const char *outbox_state_name(enum outbox_state state)
{
    static const char *const names[OUTBOX_STATE_COUNT] = {
        [OUTBOX_WAITING] = "waiting",       [OUTBOX_DELIVERED] = "delivered",
        [OUTBOX_REFUSED] = "refused",       [OUTBOX_GIVEN_UP] = "given-up",
        [OUTBOX_SUPPRESSED] = "suppressed", [OUTBOX_DROPPED] = "dropped",
    };

    return (unsigned)state < OUTBOX_STATE_COUNT ? names[state] : "unknown";
}

const char *outbox_origin_name(enum outbox_origin origin)
{
    static const char *const names[OUTBOX_ORIGIN_COUNT] = {
        [OUTBOX_RECORD] = "record",
        [OUTBOX_RULE] = "rule",
        [OUTBOX_COPY] = "copy",
    };

    return (unsigned)origin < OUTBOX_ORIGIN_COUNT ? names[origin] : "unknown";
}

/* ---- The list of what gets nothing --------------------------------------- */

int outbox_suppress(struct outbox *outbox, const char *pattern,
                    const char *reason, utc_time expires_at, struct err *err)
{
    SQL_ONCE sqlite3_stmt *put = sql_prepare(
        outbox->store,
        "INSERT INTO suppression (created_at, expires_at, pattern, reason)"
        " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
        " created_at = excluded.created_at, expires_at = excluded.expires_at,"
        " reason = excluded.reason",
        err);

    if (!put)
        return -1;
    sql_bind_integers(put, clock_now(outbox->store->clock), expires_at);
    sql_bind_text(put, 3, pattern);
    sql_bind_text(put, 4, reason);
    return outbox_run(outbox, put, err);
}

int outbox_unsuppress(struct outbox *outbox, const char *pattern,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *drop = sql_prepare(
        outbox->store, "DELETE FROM suppression WHERE pattern = ?1", err);

    if (!drop)
        return -1;
    sql_bind_text(drop, 1, pattern);
    return outbox_run(outbox, drop, err);
}

int outbox_each_suppression(struct outbox *outbox, utc_time now,
                            outbox_suppression_function *function,
                            void *context, struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        outbox->store,
        "SELECT pattern, reason, created_at, expires_at FROM suppression"
        " WHERE expires_at = ?2 OR expires_at > ?1 ORDER BY pattern",
        err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, now, UTC_NONE);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const struct outbox_suppression row = {
            .pattern = outbox_column(each, 0),
            .reason = outbox_column(each, 1),
            .created_at = sqlite3_column_int64(each, 2),
            .expires_at = sqlite3_column_int64(each, 3),
        };

        status = function(context, &row, err);
        if (status)
            break;
    }
    return status;
}

/* ---- Lists --------------------------------------------------------------- */

int outbox_each_delivery(struct outbox *outbox,
                         const struct outbox_filter *filter,
                         outbox_delivery_function *function, void *context,
                         struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        outbox->store,
        "SELECT " OUTBOX_DELIVERY_COLUMNS
        " FROM delivery d JOIN report r ON r.id = d.report_id"
        " WHERE d.id > ?1 AND (?2 = ?3 OR r.day = ?2)"
        " AND (?4 = 0 OR (?4 >> d.state) & 1)"
        " AND (?6 = '' OR r.domain = ?6) AND (?7 = '' OR d.host = ?7)"
        " ORDER BY d.id LIMIT ?5",
        err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, filter->behind, filter->day, UTC_DAY_NONE,
                      filter->states,
                      filter->limit ? (int64_t)filter->limit : -1);
    outbox_bind(each, 6, filter->domain);
    outbox_bind(each, 7, filter->host);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const struct outbox_delivery delivery = outbox_delivery_row(each);

        status = function(context, &delivery, err);
        if (status)
            break;
    }
    return status;
}

struct outbox_skip outbox_skip_row(sqlite3_stmt *row)
{
    return (struct outbox_skip){
        .day = (utc_day)sqlite3_column_int64(row, 0),
        .tenant = outbox_column(row, 1),
        .domain = outbox_column(row, 2),
        .record = outbox_column(row, 3),
        .reason = outbox_column(row, 4),
    };
}

int outbox_each_skip(struct outbox *outbox, utc_day day,
                     outbox_skip_function *function, void *context,
                     struct err *err)
{
    SQL_ONCE sqlite3_stmt *each = sql_prepare(
        outbox->store,
        "SELECT day, tenant, domain, record, reason FROM skip"
        " WHERE ?1 = ?2 OR day = ?1 ORDER BY day, domain, record, tenant",
        err);
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, day, UTC_DAY_NONE);
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        const struct outbox_skip row = outbox_skip_row(each);

        status = function(context, &row, err);
        if (status)
            break;
    }
    return status;
}

int outbox_count(struct outbox *outbox, int64_t n[static OUTBOX_STATE_COUNT],
                 struct err *err)
{
    SQL_ONCE sqlite3_stmt *each =
        sql_prepare(outbox->store,
                    "SELECT state, count(*) FROM delivery GROUP BY state", err);
    int status;

    if (!each)
        return -1;
    for (size_t i = 0; i < OUTBOX_STATE_COUNT; i++)
        n[i] = 0;
    while ((status = sql_step(outbox->store, each, err)) > 0) {
        int64_t state = sqlite3_column_int64(each, 0);

        if (state >= 0 && state < OUTBOX_STATE_COUNT)
            n[state] = sqlite3_column_int64(each, 1);
    }
    return status;
}

int outbox_count_report(struct outbox *outbox, int64_t report, int64_t *out_n,
                        int64_t *out_n_delivered, struct err *err)
{
    SQL_ONCE sqlite3_stmt *count = sql_prepare(
        outbox->store,
        "SELECT count(*), count(*) FILTER (WHERE state = ?2) FROM delivery"
        " WHERE report_id = ?1 AND origin <> ?3",
        err);

    if (!count)
        return -1;
    sql_bind_integers(count, report, OUTBOX_DELIVERED, OUTBOX_COPY);
    if (sql_step(outbox->store, count, err) < 0)
        return -1;
    *out_n = sqlite3_column_int64(count, 0);
    *out_n_delivered = sqlite3_column_int64(count, 1);
    return 0;
}

/* ---- By hand ------------------------------------------------------------- */

/* Forgets what was forced, or notes it. Returns: 0, -1 with err. */
static int note_forced(struct outbox *outbox, int64_t delivery, bool is_forced,
                       struct err *err)
{
    SQL_ONCE sqlite3_stmt *note =
        sql_prepare(outbox->store,
                    is_forced ? "INSERT OR IGNORE INTO forced VALUES (?1)"
                              : "DELETE FROM forced WHERE delivery_id = ?1",
                    err);

    return sql_run_with(outbox->store, note, err, delivery);
}

static int change(struct outbox *outbox, int64_t delivery,
                  enum outbox_state state, utc_time next_at, const char *answer,
                  struct err *err)
{
    SQL_ONCE sqlite3_stmt *change = sql_prepare(
        outbox->store,
        state == OUTBOX_WAITING
            ? "UPDATE delivery SET state = ?2, next_at = ?3, first_try_at = ?4,"
              " answer = ?5 WHERE id = ?1"
            : "UPDATE delivery SET state = ?2, answer = ?5"
              " WHERE id = ?1 AND state = 0",
        err);

    if (!change)
        return -1;
    sql_bind_integers(change, delivery, state, next_at, UTC_NONE);
    sql_bind_text(change, 5, answer);
    return outbox_run(outbox, change, err);
}

int outbox_change(struct outbox *outbox, int64_t delivery,
                  enum outbox_state state, utc_time next_at, const char *answer,
                  struct err *err)
{
    bool is_own;
    int status;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    status = change(outbox, delivery, state, next_at, answer, err);
    if (status == 0)
        status = note_forced(outbox, delivery, false, err);
    return outbox_leave(outbox, is_own, status, err);
}

int outbox_force(struct outbox *outbox, int64_t delivery, utc_time next_at,
                 const char *answer, struct err *err)
{
    bool is_own;
    int status;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    status = change(outbox, delivery, OUTBOX_WAITING, next_at, answer, err);
    if (status == 0)
        status = note_forced(outbox, delivery, true, err);
    return outbox_leave(outbox, is_own, status, err);
}

int outbox_is_forced(struct outbox *outbox, int64_t delivery, struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        outbox->store, "SELECT 1 FROM forced WHERE delivery_id = ?1", err);
    const int status = sql_find_with(outbox->store, find, err, delivery);

    return status < 0 ? -1 : status == 0;
}

/* The reports to remove are gathered first, by the oldest day. */
static int prune_reports(struct outbox *outbox, utc_day before,
                         size_t max_reports, struct err *err)
{
    static const char *const texts[] = {
        "CREATE TEMP TABLE IF NOT EXISTS gone (id INTEGER PRIMARY KEY)",
        "DELETE FROM gone",
        ("INSERT INTO gone SELECT id FROM report r WHERE day < ?1 AND NOT EXISTS"
         " (SELECT 1 FROM delivery WHERE report_id = r.id AND state = 0)"
         " ORDER BY day, tenant, domain, record, part LIMIT ?2"),
        ("INSERT INTO setting (name, value) SELECT 'pruned_day', last FROM"
         " (SELECT max(day) AS last FROM report WHERE id IN (SELECT id FROM gone))"
         " WHERE last IS NOT NULL"
         " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)"),
        ("DELETE FROM mail WHERE delivery_id IN (SELECT id FROM delivery"
         " WHERE report_id IN (SELECT id FROM gone))"),
        ("DELETE FROM forced WHERE delivery_id IN (SELECT id FROM delivery"
         " WHERE report_id IN (SELECT id FROM gone))"),
        "DELETE FROM delivery WHERE report_id IN (SELECT id FROM gone)",
        "DELETE FROM report WHERE id IN (SELECT id FROM gone)",
        "DELETE FROM skip WHERE day < ?1",
        "DELETE FROM mail_count WHERE day < ?1",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        SQL_ONCE sqlite3_stmt *step = sql_prepare(outbox->store, texts[i], err);

        if (!step)
            return -1;
        sql_bind_integers(step, before, (int64_t)max_reports);
        if (sql_run(outbox->store, step, err))
            return -1;
    }
    return 0;
}

int outbox_pruned_day(struct outbox *outbox, utc_day *out_day, struct err *err)
{
    SQL_ONCE sqlite3_stmt *find =
        sql_prepare(outbox->store,
                    "SELECT value FROM setting WHERE name = 'pruned_day'", err);
    const int status = find ? sql_step(outbox->store, find, err) : -1;

    if (status < 0)
        return -1;
    *out_day = status ? (utc_day)sqlite3_column_int64(find, 0) : UTC_DAY_NONE;
    return 0;
}

/* Returns: 1 where another call finds reports to remove, 0, -1. */
static int ask_left(struct outbox *outbox, utc_day before, struct err *err)
{
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(
        outbox->store,
        "SELECT 1 FROM report r WHERE day < ?1 AND NOT EXISTS"
        " (SELECT 1 FROM delivery WHERE report_id = r.id AND state = 0)"
        " LIMIT 1",
        err);

    if (!ask)
        return -1;
    sql_bind_integer(ask, 1, before);
    return sql_step(outbox->store, ask, err);
}

int outbox_prune(struct outbox *outbox, utc_day before, size_t max_reports,
                 struct err *err)
{
    bool is_own;
    int status;

    if (outbox_enter(outbox, &is_own, err))
        return -1;
    status = prune_reports(outbox, before, max_reports, err);
    if (status == 0)
        status = ask_left(outbox, before, err);
    return outbox_leave(outbox, is_own, status, err);
}
