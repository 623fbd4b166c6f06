/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/stale.h"

#include <stdio.h>

#include <string.h>

#include "store/drop.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/raw.h"
#include "store/sql.h"

/* The first raw behind ?1 with something that a reader below ?2 read; with ?3 of 0
   reports are not looked at. */
#define NEXT                                                                   \
    "(SELECT min(raw_id) FROM (SELECT * FROM (SELECT raw_id FROM report"       \
    " INDEXED BY report_raw WHERE ?3 AND raw_id > ?1"                          \
    " AND reader_version < ?2 ORDER BY raw_id LIMIT 1)"                        \
    " UNION ALL SELECT * FROM (SELECT raw_id"                                  \
    " FROM quarantine INDEXED BY quarantine_raw WHERE raw_id > ?1"             \
    " AND reader_version < ?2 ORDER BY raw_id LIMIT 1)))"

/* How it came: by each way that stands in quarantine, first those that are stale and
 * one of each source, else as the report. */
static const char ways_text[] =
    "SELECT input, source, tenant, way, rule, is_live, stored_at, destination,"
    " last, origin_id, ways.id, n FROM (SELECT id, input, origin_id, stored_at,"
    "  destination, reader_version,"
    "  row_number() OVER (PARTITION BY origin_id ORDER BY id) AS turn,"
    "  max(id) OVER () AS last, count(*) OVER () AS n FROM quarantine WHERE raw_id = ?1 UNION ALL"
    "  SELECT id, input, origin_id, stored_at, '', 0, 1, 0, 1 FROM report"
    "  WHERE raw_id = ?1 AND NOT EXISTS (SELECT 1 FROM quarantine"
    "   WHERE raw_id = ?1))"
    " AS ways JOIN origin ON origin.id = origin_id"
    " ORDER BY reader_version, turn, ways.id LIMIT ?2";

static int read_way(sqlite3_stmt *row, struct arena *arena,
                    struct store_stale_way *way, struct err *err)
{
    *way = (struct store_stale_way){
        .input = arena_copy(arena, slice_of(sql_text(row, 0))),
        .origin_id = sqlite3_column_int64(row, 9),
        .refusal_id = sqlite3_column_int64(row, 10),
        .arrival = { .source = arena_copy(arena, slice_of(sql_text(row, 1))),
                     .tenant = arena_copy(arena, slice_of(sql_text(row, 2))),
                     .way = sqlite3_column_int(row, 3),
                     .rule = sqlite3_column_int(row, 4),
                     .is_live = sqlite3_column_int(row, 5) != 0,
                     .arrived_at = sqlite3_column_int64(row, 6),
                     .destination =
                         arena_copy(arena, slice_of(sql_text(row, 7))) },
    };
    return way->input && way->arrival.source && way->arrival.tenant &&
                   way->arrival.destination
               ? 0
               : arena_error(arena, err);
}

/* Returns: 0, 1 where there is none, -1 with err. */
static int find_ways(struct store *store, struct arena *arena,
                     struct store_stale *stale, struct err *err)
{
    sqlite3_stmt *find = sql_use(store, STATEMENT_STALE_WAYS, ways_text, err);
    int status;

    stale->n_ways = 0;
    stale->ways = arena_calloc(arena, STORE_STALE_WAYS, sizeof(*stale->ways));
    if (!stale->ways)
        return arena_error(arena, err);
    if (!find)
        return -1;
    sql_bind_integers(find, stale->raw_id, STORE_STALE_WAYS);
    while ((status = sql_step(store, find, err)) > 0) {
        stale->last_refusal_id = sqlite3_column_int64(find, 8);
        stale->has_more = sqlite3_column_int64(find, 11) > STORE_STALE_WAYS;
        if (read_way(find, arena, &stale->ways[stale->n_ways++], err)) {
            sqlite3_reset(find);
            return -1;
        }
        /* Reports of one raw came by one way. */
        if (stale->last_refusal_id == 0)
            break;
    }
    sqlite3_reset(find);
    return status < 0 ? -1 : stale->n_ways == 0;
}

static int find_raw(struct store *store, sqlite3_stmt *find,
                    struct arena *arena, struct store_stale *out_stale,
                    struct err *err)
{
    struct store_stale stale = { .raw_id = sqlite3_column_int64(find, 0),
                                 .bytes = sqlite3_column_int64(find, 2),
                                 .is_gone = sqlite3_column_int64(find, 3) ==
                                            RAW_GONE };
    int status;

    sql_octets(find, 1, stale.raw_hash, DIGEST_BYTES);
    sqlite3_reset(find);
    status = find_ways(store, arena, &stale, err);
    if (status == 0)
        *out_stale = stale;
    return status;
}

int store_find_stale(struct store *store, enum store_stale_kind kind,
                     int version, int64_t after_id, struct arena *arena,
                     struct store_stale *out_stale, struct err *err)
{
    sqlite3_stmt *next = sql_use(
        store, STATEMENT_STALE_RAW,
        "SELECT id, hash, bytes, encoding FROM raw WHERE id = " NEXT, err);
    int status = sql_find_with(store, next, err, after_id, version,
                               kind == STORE_STALE_ALL);

    return status ? status : find_raw(store, next, arena, out_stale, err);
}

int store_find_stale_raw(struct store *store, int64_t raw_id,
                         struct arena *arena, struct store_stale *out_stale,
                         struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store, "SELECT id, hash, bytes, encoding FROM raw WHERE id = ?1", err);
    int status = sql_find_with(store, find, err, raw_id);

    return status ? status : find_raw(store, find, arena, out_stale, err);
}

int store_find_read(struct store *store, int64_t raw_id, size_t payload,
                    size_t ordinal, struct store_read *out_read,
                    struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_STALE_REPORT,
                "SELECT id, reader_version, origin_id,"
                " CASE verdict WHEN 'pass' THEN signer ELSE '' END"
                " FROM report INDEXED BY report_raw"
                " WHERE raw_id = ?1 AND payload = ?2 AND ordinal = ?3",
                err);
    int status = sql_find_with(store, find, err, raw_id, (int64_t)payload,
                               (int64_t)ordinal);

    if (status)
        return status;
    *out_read =
        (struct store_read){ .id = sqlite3_column_int64(find, 0),
                             .version = sqlite3_column_int(find, 1),
                             .origin_id = sqlite3_column_int64(find, 2) };
    snprintf(out_read->signer, sizeof(out_read->signer), "%s",
             sql_text(find, 3));
    sqlite3_reset(find);
    return 0;
}

static bool is_among(const char *reason, const char *const *reasons, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(reason, reasons[i]) == 0)
            return true;
    }
    return false;
}

static bool is_way(const struct store_stale *stale, int64_t refusal_id)
{
    for (size_t i = 0; i < stale->n_ways; i++) {
        if (stale->ways[i].refusal_id == refusal_id)
            return true;
    }
    return false;
}

/* Settles the first entry behind after_id. Returns: 1 there was one, 0,
 * -1 with err. */
static int settle_next(struct store *store, const struct store_stale *stale,
                       int version, const char *const *reasons,
                       size_t n_reasons, int64_t *after_id, int64_t *n_gone,
                       struct err *err)
{
    sqlite3_stmt *next =
        sql_use(store, STATEMENT_STALE_REFUSAL,
                "SELECT id, reason FROM quarantine WHERE raw_id = ?1"
                " AND id > ?2 AND id <= ?3 ORDER BY id LIMIT 1",
                err);
    struct drop_counts counts = { 0 };
    bool is_still;
    int status;

    if (!next)
        return -1;
    sql_bind_integers(next, stale->raw_id, *after_id, stale->last_refusal_id);
    status = sql_step(store, next, err);
    if (status <= 0)
        return status;
    *after_id = sqlite3_column_int64(next, 0);
    is_still = is_among(sql_text(next, 1), reasons, n_reasons);
    sqlite3_reset(next);
    if (is_still)
        return store_renew_quarantined(store, *after_id, version, err) ? -1 : 1;
    if (!is_way(stale, *after_id))
        return 1;
    ++*n_gone;
    return drop_quarantined(store, *after_id, &counts, err) < 0 ? -1 : 1;
}

int store_settle_refusals(struct store *store, const struct store_stale *stale,
                          int version, const char *const *reasons,
                          size_t n_reasons, int64_t *out_n, struct err *err)
{
    int64_t after_id = 0, n_gone = 0;
    int status = store_check_batch(store, err) ? -1 : 1;

    while (status > 0)
        status = settle_next(store, stale, version, reasons, n_reasons,
                             &after_id, &n_gone, err);
    if (status == 0)
        *out_n = n_gone;
    else
        store->is_broken = true;
    return status;
}

int store_count_unread(struct store *store, int64_t raw_id, int version,
                       int64_t *out_n, struct err *err)
{
    sqlite3_stmt *count =
        sql_use(store, STATEMENT_STALE_UNREAD,
                "SELECT count(*) FROM report INDEXED BY report_raw"
                " WHERE raw_id = ?1 AND reader_version < ?2",
                err);

    if (!count)
        return -1;
    sql_bind_integers(count, raw_id, version);
    if (sql_step(store, count, err) <= 0)
        return -1;
    *out_n = sqlite3_column_int64(count, 0);
    sqlite3_reset(count);
    return 0;
}

int store_find_raw(struct store *store,
                   const unsigned char hash[static DIGEST_BYTES],
                   int64_t *out_id, struct err *err)
{
    int status = store_raw_id(store, hash, err);

    if (status == 0)
        *out_id = store->raw_id;
    return status;
}

int store_count_stale(struct store *store, int version, int64_t *out_n,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *count =
        sql_prepare(store,
                    "SELECT count(DISTINCT raw_id) FROM (SELECT raw_id"
                    " FROM report WHERE reader_version < ?1 UNION ALL"
                    " SELECT raw_id FROM quarantine WHERE reader_version < ?1)",
                    err);

    if (!count)
        return -1;
    sql_bind_integers(count, version);
    if (sql_step(store, count, err) <= 0)
        return -1;
    *out_n = sqlite3_column_int64(count, 0);
    return 0;
}
