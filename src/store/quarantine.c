/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/arrival_row.h"
#include "store/drop.h"
#include "store/findings.h"
#include "store/handle.h"
#include "store/page.h"
#include "store/sql.h"

static int find_entry(struct store *store, const struct store_refusal *refusal,
                      int64_t origin_id, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_QUARANTINE_FIND,
                "SELECT id FROM quarantine WHERE raw_id = ?1 AND reason = ?2"
                " AND origin_id = ?3 AND destination = ?4",
                err);
    int status;

    if (!find)
        return -1;
    sql_bind_integer(find, 1, store->raw_id);
    sql_bind_text(find, 2, refusal->reason);
    sql_bind_integer(find, 3, origin_id);
    sql_bind_text(find, 4, refusal->arrival.destination);
    status = sql_step(store, find, err);
    sqlite3_reset(find);
    return status;
}

static int put_entry(struct store *store, const struct store_refusal *refusal,
                     int64_t origin_id, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_QUARANTINE_PUT,
                "INSERT INTO quarantine (raw_id, reason, input, stored_at,"
                " reader_version, origin_id, destination)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                err);

    if (!put)
        return -1;
    sql_bind_integer(put, 1, store->raw_id);
    sql_bind_text(put, 2, refusal->reason);
    sql_bind_text(put, 3, refusal->input);
    sql_bind_integer(put, 4, clock_now(store->clock));
    sql_bind_integer(put, 5, refusal->reader_version);
    sql_bind_integer(put, 6, origin_id);
    sql_bind_text(put, 7, refusal->arrival.destination);
    return sql_run(store, put, err);
}

static int put_whole(struct store *store, const struct store_refusal *refusal,
                     struct err *err)
{
    int64_t origin_id;
    int status = arrival_put_origin(store, &refusal->arrival, &origin_id, err)
                     ? -1
                     : find_entry(store, refusal, origin_id, err);

    if (status)
        return status;
    if (put_entry(store, refusal, origin_id, err))
        return -1;
    return findings_put(store, STORE_FINDINGS_OF_QUARANTINE,
                        sqlite3_last_insert_rowid(store->db), refusal->findings,
                        refusal->n_findings, err);
}

int store_put_quarantine(struct store *store,
                         const struct store_refusal *refusal, struct err *err)
{
    int status;

    if (store_check_batch(store, err))
        return -1;
    status = store_raw_id(store, refusal->raw_hash, err);
    if (status > 0)
        status = err_set(err, ERR_USAGE,
                         "store %s: the raw octets of a refused input must be"
                         " put before it",
                         store->path);
    if (status == 0)
        status = put_whole(store, refusal, err);
    if (status < 0)
        store->is_broken = true;
    return status;
}

/* The columns that read_entry reads. */
#define ENTRY                                                                  \
    "SELECT q.id, input, reason, stored_at, bytes, reader_version, hash,"      \
    " source, tenant, way, rule, is_live FROM quarantine q"                    \
    " JOIN raw ON raw.id = raw_id JOIN origin ON origin.id = origin_id"

static void read_entry(sqlite3_stmt *each, struct store_quarantined *entry)
{
    *entry = (struct store_quarantined){
        .id = sqlite3_column_int64(each, 0),
        .input = sql_text(each, 1),
        .reason = sql_text(each, 2),
        .stored_at = sqlite3_column_int64(each, 3),
        .raw_bytes = sqlite3_column_int64(each, 4),
        .reader_version = sqlite3_column_int(each, 5),
        .arrival = { .source = sql_text(each, 7),
                     .tenant = sql_text(each, 8),
                     .way = sqlite3_column_int(each, 9),
                     .rule = sqlite3_column_int(each, 10),
                     .is_live = sqlite3_column_int(each, 11) != 0,
                     .arrived_at = sqlite3_column_int64(each, 3) },
    };
    sql_octets(each, 6, entry->raw_hash, DIGEST_BYTES);
}

int store_each_quarantined(struct store *store, int64_t before_id, size_t limit,
                           store_quarantined_function *function, void *context,
                           struct err *err)
{
    sqlite3_stmt *each =
        sql_use(store, STATEMENT_QUARANTINE_EACH,
                ENTRY " WHERE q.id < ?1 ORDER BY q.id DESC LIMIT ?2", err);
    int status;

    if (!each || page_check_limit(limit, err))
        return -1;
    sql_bind_integers(each, before_id > 0 ? before_id : INT64_MAX,
                      (int64_t)limit);
    while ((status = sql_step(store, each, err)) > 0) {
        struct store_quarantined entry;

        read_entry(each, &entry);
        status = function(context, &entry, err);
        if (status)
            break;
    }
    sqlite3_reset(each);
    return status;
}

/* Keeps the entry that a statement finds by a number. */
static int find_one(struct store *store, sqlite3_stmt *find, int64_t id,
                    struct arena *arena, struct store_quarantined *out_entry,
                    struct err *err)
{
    struct store_quarantined entry;
    int status = sql_find_with(store, find, err, id);

    if (status)
        return status;
    read_entry(find, &entry);
    entry.input = arena_copy(arena, slice_of(entry.input));
    entry.reason = arena_copy(arena, slice_of(entry.reason));
    entry.arrival.source = arena_copy(arena, slice_of(entry.arrival.source));
    entry.arrival.tenant = arena_copy(arena, slice_of(entry.arrival.tenant));
    sqlite3_reset(find);
    if (!entry.input || !entry.reason || !entry.arrival.source ||
        !entry.arrival.tenant)
        return arena_error(arena, err);
    *out_entry = entry;
    return 0;
}

int store_find_quarantined(struct store *store, int64_t id, struct arena *arena,
                           struct store_quarantined *out_entry, struct err *err)
{
    return find_one(
        store,
        sql_use(store, STATEMENT_QUARANTINE_ONE, ENTRY " WHERE q.id = ?1", err),
        id, arena, out_entry, err);
}

int store_last_quarantined(struct store *store, int64_t before_id,
                           struct arena *arena,
                           struct store_quarantined *out_entry, struct err *err)
{
    return find_one(store,
                    sql_use(store, STATEMENT_QUARANTINE_LAST,
                            ENTRY " WHERE q.id < ?1 ORDER BY q.id DESC LIMIT 1",
                            err),
                    before_id, arena, out_entry, err);
}

int store_drop_quarantined(struct store *store, int64_t id, struct err *err)
{
    struct drop_counts counts = { 0 };
    int status;

    if (store_check_batch(store, err))
        return -1;
    status = drop_quarantined(store, id, &counts, err);
    if (status < 0)
        store->is_broken = true;
    return status;
}

int store_renew_quarantined(struct store *store, int64_t id, int reader_version,
                            struct err *err)
{
    sqlite3_stmt *renew =
        sql_use(store, STATEMENT_QUARANTINE_RENEW,
                "UPDATE quarantine SET reader_version = ?2 WHERE id = ?1", err);

    return store_check_batch(store, err)
               ? -1
               : sql_run_with(store, renew, err, id, reader_version);
}
