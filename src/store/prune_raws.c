/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/prune_raws.h"

#include "store/arrival_row.h"
#include "store/handle.h"
#include "store/raw.h"
#include "store/sql.h"

enum {
    /* Raws that are looked at and kept in one run, some 100 ms of work and 30 MB
     * of the file; those behind have their turn in the next run. */
    KEPT_RAWS = 20000,
};

/* A raw, and by what it is still held. */
struct held {
    int64_t id;
    int64_t encoding;
    int64_t stored_at; /* of its newest report; INT64_MIN for none */
    bool is_refused;   /* in quarantine, or to be judged */
    bool is_settled;   /* it was put long ago */
};

static int find_raw(struct store *store, const struct store_prune *prune,
                    int64_t lone_at, struct held *out_held, struct err *err)
{
    /* put_at stands behind the octets: to be read for few. */
    sqlite3_stmt *next = sql_use(
        store, STATEMENT_PRUNE_RAW,
        "SELECT id, encoding,"
        " (SELECT max(stored_at) FROM report WHERE raw_id = raw.id),"
        " EXISTS (SELECT 1 FROM quarantine WHERE raw_id = raw.id)"
        " OR EXISTS (SELECT 1 FROM pending WHERE raw_id = raw.id"
        "  AND judge_at < " ARRIVAL_NEVER
        "), CASE WHEN EXISTS (SELECT 1 FROM report WHERE raw_id = raw.id)"
        " THEN 0 ELSE put_at < ?2 END FROM raw WHERE id > ?1 ORDER BY id"
        " LIMIT 1",
        err);
    int status;

    if (!next)
        return -1;
    sql_bind_integers(next, prune->after_id, lone_at);
    status = sql_step(store, next, err);
    if (status > 0)
        *out_held = (struct held){
            .id = sqlite3_column_int64(next, 0),
            .encoding = sqlite3_column_int64(next, 1),
            .stored_at = sqlite3_column_type(next, 2) == SQLITE_NULL
                             ? INT64_MIN
                             : sqlite3_column_int64(next, 2),
            .is_refused = sqlite3_column_int(next, 3) != 0,
            .is_settled = sqlite3_column_int(next, 4) != 0,
        };
    sqlite3_reset(next);
    return status;
}

/* Begins where the last run ended. Returns: 0, -1 with err. */
static int begin_raws(struct store *store, struct store_prune *prune,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = NULL;

    if (prune->is_begun || prune->is_thorough)
        return 0;
    find = sql_prepare(
        store, "SELECT max(value) FROM setting WHERE name = 'pruned-raw'", err);
    if (!find || sql_step(store, find, err) < 0)
        return -1;
    prune->after_id = sqlite3_column_int64(find, 0);
    prune->is_begun = true;
    return 0;
}

/* Notes where the next run begins. Returns: 0, -1 with err. */
static int end_raws(struct store *store, const struct store_prune *prune,
                    int64_t after_id, struct err *err)
{
    SQL_ONCE sqlite3_stmt *note = NULL;

    if (prune->is_thorough)
        return 0;
    note = sql_prepare(
        store,
        "INSERT INTO setting (name, value) VALUES ('pruned-raw', ?1)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        " WHERE value <> excluded.value",
        err);
    return sql_run_with(store, note, err, after_id);
}

/* Drops what of a raw is not to be kept.
 * Returns: 1 where there was something, 0, -1 with err. */
static int prune_held(struct store *store, const struct held *held,
                      int64_t raw_at, struct drop_counts *counts,
                      struct err *err)
{
    bool is_lone = held->stored_at == INT64_MIN;
    bool is_due = is_lone
                      ? held->is_settled
                      : held->encoding != RAW_GONE && held->stored_at < raw_at;
    int status;

    if (held->is_refused || !is_due)
        return 0;
    status = is_lone ? drop_raw(store, held->id, counts, err)
                     : drop_octets(store, held->id, counts, err);
    return status ? -1 : 1;
}

int prune_raws_next(struct store *store, struct store_prune *prune,
                    int64_t raw_at, int64_t lone_at, struct drop_counts *counts,
                    struct err *err)
{
    struct held held;
    int status = begin_raws(store, prune, err);

    if (status == 0)
        status = find_raw(store, prune, lone_at, &held, err);
    if (status < 0)
        return -1;
    if (status == 0)
        return end_raws(store, prune, 0, err);
    prune->after_id = held.id;
    status = prune_held(store, &held, raw_at, counts, err);
    if (status < 0)
        return -1;
    prune->n_kept += status == 0;
    return prune->n_kept < KEPT_RAWS || prune->is_thorough
               ? 1
               : end_raws(store, prune, held.id, err);
}
