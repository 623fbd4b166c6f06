/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/clock.h"
#include "base/utc.h"
#include "store/arrival_row.h"
#include "store/drop.h"
#include "store/handle.h"
#include "store/sql.h"

static int put_pending(struct store *store, const struct store_report *report,
                       int64_t report_id, enum store_outcome outcome,
                       struct err *err)
{
    const struct store_arrival *arrival = &report->arrival;
    int64_t origin_id;
    /* The same octets once more by the same way have nothing to add, but that
     * they are asked about anew where that was given up; nor have they by another
     * address of a source by which they count. */
    sqlite3_stmt *put = sql_use(
        store, STATEMENT_PENDING_PUT,
        "INSERT INTO pending (report_id, raw_id, payload, ordinal, origin_id,"
        " arrived_at, judge_at, tries, destination, input, since)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?11 WHERE NOT (?10 AND"
        " EXISTS (SELECT 1 FROM report WHERE id = ?1 AND standing = 0"
        "  AND raw_id = ?2 AND payload = ?3 AND ordinal = ?4"
        "  AND origin_id = ?5)"
        " AND NOT EXISTS (SELECT 1 FROM pending WHERE report_id = ?1))"
        " ON CONFLICT DO UPDATE SET arrived_at = excluded.arrived_at,"
        " judge_at = excluded.judge_at, since = excluded.since, tries = 0"
        " WHERE pending.judge_at = " ARRIVAL_NEVER,
        err);

    if (!put || arrival_put_origin(store, arrival, &origin_id, err))
        return -1;
    sql_bind_integers(put, report_id, store->raw_id, (int64_t)report->payload,
                      (int64_t)report->ordinal, origin_id, arrival->arrived_at,
                      arrival->judge_at);
    sql_bind_text(put, 8, arrival->destination);
    sql_bind_text(put, 9, report->input);
    sql_bind_integer(put, 10, outcome == STORE_DUPLICATE);
    sql_bind_integer(put, 11, clock_now(store->clock));
    return sql_run(store, put, err);
}

/* Forgets an arrival that has been judged; where it counts, other addresses of its
 * source with it: they have nothing to add, and must not take it back. Their octets
 * are the same. */
static int drop_judged(struct store *store, const struct store_report *report,
                       struct err *err)
{
    const int64_t id = report->arrival.judges;
    sqlite3_stmt *drop = sql_use(
        store, STATEMENT_PENDING_DROP_WAYS,
        "DELETE FROM pending WHERE (report_id, raw_id, payload, ordinal,"
        " origin_id) = (SELECT report_id, raw_id, payload, ordinal, origin_id"
        " FROM pending WHERE id = ?1) AND id <> ?1",
        err);

    if (report->standing == STORE_COUNTED && sql_run_with(store, drop, err, id))
        return -1;
    return store_drop_pending(store, id, err);
}

static int settle_judged(struct store *store, const struct store_report *report,
                         struct err *err)
{
    const struct store_arrival *arrival = &report->arrival;

    if (arrival->judge_at)
        return store_delay_pending(store, arrival->judges, arrival->judge_at,
                                   err);
    if (arrival->is_given_up && report->standing != STORE_COUNTED)
        return store_give_up_pending(store, arrival->judges, err);
    return drop_judged(store, report, err);
}

int arrival_settle(struct store *store, const struct store_report *report,
                   int64_t report_id, enum store_outcome outcome,
                   struct err *err)
{
    const struct store_arrival *arrival = &report->arrival;

    if (arrival->judges)
        return settle_judged(store, report, err);
    return arrival->judge_at
               ? put_pending(store, report, report_id, outcome, err)
               : 0;
}

int arrival_is_own(struct store *store, int64_t pending_id, int64_t report_id,
                   struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_PENDING_OWN,
                "SELECT 1 FROM pending p JOIN report r ON r.id = p.report_id"
                " WHERE p.id = ?1 AND r.id = ?2 AND r.raw_id = p.raw_id"
                " AND r.origin_id = p.origin_id"
                " AND r.payload = p.payload AND r.ordinal = p.ordinal",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_integers(find, pending_id, report_id);
    status = sql_step(store, find, err);
    if (status > 0)
        sqlite3_reset(find);
    return status;
}

/* Runs what takes an arrival out and tells its raw, which goes where nothing else
 * needs it. */
static int let_go(struct store *store, sqlite3_stmt *drop, int64_t id,
                  struct err *err)
{
    struct drop_counts counts = { 0 };
    int64_t raw_id;
    int status = sql_find_with(store, drop, err, id);

    if (status)
        return status < 0 ? -1 : 0;
    raw_id = sqlite3_column_int64(drop, 0);
    return sql_run(store, drop, err) || drop_raw(store, raw_id, &counts, err)
               ? -1
               : 0;
}

int store_drop_pending(struct store *store, int64_t id, struct err *err)
{
    sqlite3_stmt *drop =
        sql_use(store, STATEMENT_PENDING_DROP,
                "DELETE FROM pending WHERE id = ?1 RETURNING raw_id", err);

    return !drop || store_check_batch(store, err)
               ? -1
               : let_go(store, drop, id, err);
}

int store_give_up_pending(struct store *store, int64_t id, struct err *err)
{
    sqlite3_stmt *keep = sql_use(
        store, STATEMENT_PENDING_GIVE_UP,
        "UPDATE pending SET judge_at = " ARRIVAL_NEVER " WHERE id = ?1"
        " AND EXISTS (SELECT 1 FROM report WHERE raw_id = pending.raw_id)",
        err);

    if (store_check_batch(store, err) || sql_run_with(store, keep, err, id))
        return -1;
    return sqlite3_changes(store->db) > 0 ? 0
                                          : store_drop_pending(store, id, err);
}

/* A try that comes late, as after a stop, was not waited for. */
int store_delay_pending(struct store *store, int64_t id, int64_t judge_at,
                        struct err *err)
{
    sqlite3_stmt *delay =
        sql_use(store, STATEMENT_PENDING_DELAY,
                "UPDATE pending SET judge_at = ?2, tries = tries + 1,"
                " since = since + max(0, ?3 - judge_at) WHERE id = ?1",
                err);

    return store_check_batch(store, err)
               ? -1
               : sql_run_with(store, delay, err, id, judge_at,
                              clock_now(store->clock));
}

static int rejudge(struct store *store, int64_t now, struct err *err)
{
    SQL_ONCE sqlite3_stmt *rejudge =
        sql_prepare(store,
                    "UPDATE pending SET judge_at = ?1, since = ?1, tries = 0"
                    " WHERE judge_at = " ARRIVAL_NEVER,
                    err);

    return sql_run_with(store, rejudge, err, now);
}

int store_rejudge(struct store *store, int64_t now, int64_t *out_n,
                  struct err *err)
{
    int64_t n;

    if (store_begin(store, err))
        return -1;
    if (rejudge(store, now, err) == 0) {
        n = sqlite3_changes(store->db);
        if (store_commit(store, err) == 0) {
            *out_n = n;
            return 0;
        }
    }
    store_rollback(store);
    return -1;
}

static int hasten(struct store *store, int64_t now, struct err *err)
{
    sqlite3_stmt *hasten =
        sql_use(store, STATEMENT_PENDING_HASTEN,
                "UPDATE pending SET judge_at = ?1 WHERE judge_at > ?1"
                " AND judge_at < " ARRIVAL_NEVER,
                err);

    return sql_run_with(store, hasten, err, now);
}

int store_hasten_pending(struct store *store, int64_t now, struct err *err)
{
    if (store_begin(store, err))
        return -1;
    if (hasten(store, now, err) == 0 && store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

int store_next_pending(struct store *store, int64_t *out_time, struct err *err)
{
    sqlite3_stmt *next = sql_use(
        store, STATEMENT_PENDING_NEXT,
        "SELECT min(judge_at) FROM pending WHERE judge_at < " ARRIVAL_NEVER,
        err);
    int status;

    if (!next)
        return -1;
    status = sql_step(store, next, err);
    if (status < 0)
        return -1;
    *out_time = status > 0 && sqlite3_column_type(next, 0) == SQLITE_INTEGER
                    ? sqlite3_column_int64(next, 0)
                    : UTC_NONE;
    sqlite3_reset(next);
    return 0;
}

static const char *copy(struct arena *arena, sqlite3_stmt *row, int column)
{
    return arena_copy(arena, slice_of(sql_text(row, column)));
}

static int read_pending(sqlite3_stmt *row, struct arena *arena,
                        struct store_pending *pending, struct err *err)
{
    *pending = (struct store_pending){
        .id = sqlite3_column_int64(row, 0),
        .payload = (size_t)sqlite3_column_int64(row, 1),
        .ordinal = (size_t)sqlite3_column_int64(row, 2),
        .tries = sqlite3_column_int64(row, 3),
        .waited_s = sqlite3_column_int64(row, 14),
        .input = copy(arena, row, 9),
        .arrival = { .arrived_at = sqlite3_column_int64(row, 4),
                     .judge_at = sqlite3_column_int64(row, 5),
                     .way = sqlite3_column_int(row, 6),
                     .rule = sqlite3_column_int(row, 7),
                     .is_live = sqlite3_column_int(row, 8) != 0,
                     .destination = copy(arena, row, 10),
                     .source = copy(arena, row, 11),
                     .tenant = copy(arena, row, 12) },
    };
    pending->arrival.judges = pending->id;
    sql_octets(row, 13, pending->raw_hash, DIGEST_BYTES);
    return pending->input && pending->arrival.destination &&
                   pending->arrival.source && pending->arrival.tenant
               ? 0
               : arena_error(arena, err);
}

int store_find_pending(struct store *store, int64_t now, size_t limit,
                       struct arena *arena, struct store_pending **out_pending,
                       size_t *out_n, struct err *err)
{
    struct store_pending *pending =
        arena_calloc(arena, limit, sizeof(*pending));
    sqlite3_stmt *due = sql_use(
        store, STATEMENT_PENDING_DUE,
        "SELECT p.id, payload, ordinal, tries, arrived_at, judge_at, way, rule,"
        " is_live, input, destination, source, tenant, hash,"
        " max(0, judge_at - since) FROM pending p"
        " JOIN origin ON origin.id = origin_id LEFT JOIN raw ON raw.id = raw_id"
        " WHERE judge_at <= ?1 ORDER BY judge_at LIMIT ?2",
        err);
    size_t n = 0;
    int status;

    if (!pending)
        return arena_error(arena, err);
    if (!due)
        return -1;
    sql_bind_integers(due, now, (int64_t)limit);
    while ((status = sql_step(store, due, err)) > 0) {
        if (read_pending(due, arena, &pending[n++], err)) {
            sqlite3_reset(due);
            return -1;
        }
    }
    *out_pending = pending;
    *out_n = n;
    return status;
}
