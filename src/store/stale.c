/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/stale.h"

#include <string.h>

#include "store/drop.h"
#include "store/handle.h"
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

/* How it came: as the report, else as what was refused. */
static const char origin_text[] =
    "SELECT input, source, tenant, way, rule, is_live, stored_at, refused"
    " FROM (SELECT input, origin_id, stored_at, 1 AS refused FROM quarantine"
    "  WHERE raw_id = ?1 UNION ALL SELECT input, origin_id, stored_at, 0"
    "  FROM report WHERE raw_id = ?1) JOIN origin ON origin.id = origin_id"
    " ORDER BY refused DESC LIMIT 1";

static int find_origin(struct store *store, struct arena *arena,
                       struct store_stale *stale, struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_STALE_ORIGIN, origin_text, err);
    int status = sql_find_with(store, find, err, stale->raw_id);

    if (status)
        return status;
    stale->input = arena_copy(arena, slice_of(sql_text(find, 0)));
    stale->arrival = (struct store_arrival){
        .source = arena_copy(arena, slice_of(sql_text(find, 1))),
        .tenant = arena_copy(arena, slice_of(sql_text(find, 2))),
        .way = sqlite3_column_int(find, 3),
        .rule = sqlite3_column_int(find, 4),
        .is_live = sqlite3_column_int(find, 5) != 0,
        .arrived_at = sqlite3_column_int64(find, 6),
    };
    stale->is_refused = sqlite3_column_int(find, 7) != 0;
    sqlite3_reset(find);
    return stale->input && stale->arrival.source && stale->arrival.tenant
               ? 0
               : arena_error(arena, err);
}

int store_find_stale(struct store *store, enum store_stale_kind kind,
                     int version, int64_t after_id, struct arena *arena,
                     struct store_stale *out_stale, struct err *err)
{
    sqlite3_stmt *next = sql_use(
        store, STATEMENT_STALE_RAW,
        "SELECT id, hash, bytes, encoding FROM raw WHERE id = " NEXT, err);
    struct store_stale stale = { .raw_id = 0 };
    int status = sql_find_with(store, next, err, after_id, version,
                               kind == STORE_STALE_ALL);

    if (status)
        return status;
    stale.raw_id = sqlite3_column_int64(next, 0);
    sql_octets(next, 1, stale.raw_hash, DIGEST_BYTES);
    stale.bytes = sqlite3_column_int64(next, 2);
    stale.is_gone = sqlite3_column_int64(next, 3) == RAW_GONE;
    sqlite3_reset(next);
    status = find_origin(store, arena, &stale, err);
    if (status == 0)
        *out_stale = stale;
    return status;
}

int store_find_read(struct store *store, int64_t raw_id, size_t payload,
                    size_t ordinal, int64_t *out_id, int *out_version,
                    struct err *err)
{
    sqlite3_stmt *find =
        sql_use(store, STATEMENT_STALE_REPORT,
                "SELECT id, reader_version FROM report INDEXED BY report_raw"
                " WHERE raw_id = ?1 AND payload = ?2 AND ordinal = ?3",
                err);
    int status = sql_find_with(store, find, err, raw_id, (int64_t)payload,
                               (int64_t)ordinal);

    if (status)
        return status;
    *out_id = sqlite3_column_int64(find, 0);
    *out_version = sqlite3_column_int(find, 1);
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

/* Settles the first entry behind after_id. Returns: 1 there was one, 0,
 * -1 with err. */
static int settle_next(struct store *store, int64_t raw_id, int version,
                       const char *const *reasons, size_t n_reasons,
                       int64_t *after_id, int64_t *n_gone, struct err *err)
{
    sqlite3_stmt *next =
        sql_use(store, STATEMENT_STALE_REFUSAL,
                "SELECT id, reason FROM quarantine WHERE raw_id = ?1"
                " AND id > ?2 ORDER BY id LIMIT 1",
                err);
    struct drop_counts counts = { 0 };
    bool is_still;
    int status;

    if (!next)
        return -1;
    sql_bind_integers(next, raw_id, *after_id);
    status = sql_step(store, next, err);
    if (status <= 0)
        return status;
    *after_id = sqlite3_column_int64(next, 0);
    is_still = is_among(sql_text(next, 1), reasons, n_reasons);
    sqlite3_reset(next);
    if (is_still)
        return store_renew_quarantined(store, *after_id, version, err) ? -1 : 1;
    ++*n_gone;
    return drop_quarantined(store, *after_id, &counts, err) < 0 ? -1 : 1;
}

int store_settle_refusals(struct store *store, int64_t raw_id, int version,
                          const char *const *reasons, size_t n_reasons,
                          int64_t *out_n, struct err *err)
{
    int64_t after_id = 0, n_gone = 0;
    int status = store_check_batch(store, err) ? -1 : 1;

    while (status > 0)
        status = settle_next(store, raw_id, version, reasons, n_reasons,
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
