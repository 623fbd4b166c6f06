/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/drop.h"

#include "store/arrival_row.h"
#include "store/damaged.h"
#include "store/dmarc_facts.h"
#include "store/facts.h"
#include "store/handle.h"
#include "store/lines.h"
#include "store/sql.h"

/* A stored report, as far as it matters here. */
struct dropped {
    int64_t id;
    int64_t standing;
    int64_t raw_id;
    int64_t kind; /* 1 DMARC */
    unsigned char key[DIGEST_BYTES];
};

/* ---- Raw octets ---------------------------------------------------------- */

static int count_raw(struct store *store, int64_t raw_id,
                     struct drop_counts *counts, struct err *err)
{
    sqlite3_stmt *size =
        sql_use(store, STATEMENT_RAW_SIZE,
                "SELECT length(octets) FROM raw WHERE id = ?1", err);
    int status;

    if (!size)
        return -1;
    sql_bind_integers(size, raw_id);
    status = sql_step(store, size, err);
    if (status <= 0)
        return status;
    counts->raws++;
    counts->raw_bytes += sqlite3_column_int64(size, 0);
    sqlite3_reset(size);
    /* What is put next must not take this one for granted. */
    store->raw_id = 0;
    return 0;
}

static int is_needed(struct store *store, int64_t raw_id, struct err *err)
{
    sqlite3_stmt *ask =
        sql_use(store, STATEMENT_RAW_NEEDED,
                "SELECT EXISTS (SELECT 1 FROM report WHERE raw_id = ?1)"
                " OR EXISTS (SELECT 1 FROM quarantine WHERE raw_id = ?1)"
                " OR EXISTS (SELECT 1 FROM pending WHERE raw_id = ?1"
                "  AND judge_at < " ARRIVAL_NEVER ")",
                err);
    int status;

    if (!ask)
        return -1;
    sql_bind_integers(ask, raw_id);
    status = sql_step(store, ask, err);
    if (status > 0)
        status = sqlite3_column_int(ask, 0);
    sqlite3_reset(ask);
    return status;
}

static int run_with(struct store *store, enum store_statement place,
                    const char *text, int64_t id, struct err *err)
{
    return sql_run_with(store, sql_use(store, place, text, err), err, id);
}

int drop_raw(struct store *store, int64_t raw_id, struct drop_counts *counts,
             struct err *err)
{
    int status = is_needed(store, raw_id, err);

    if (status)
        return status < 0 ? -1 : 0;
    if (count_raw(store, raw_id, counts, err))
        return -1;
    /* What was given up could not be judged any more. */
    return run_with(store, STATEMENT_PENDING_DROP_RAW,
                    "DELETE FROM pending WHERE raw_id = ?1", raw_id, err) ||
                   run_with(store, STATEMENT_RAW_DROP,
                            "DELETE FROM raw WHERE id = ?1", raw_id, err)
               ? -1
               : 0;
}

int store_drop_raw(struct store *store,
                   const unsigned char raw_hash[static DIGEST_BYTES],
                   struct err *err)
{
    struct drop_counts counts = { 0 };
    int status =
        store_check_batch(store, err) ? -1 : store_raw_id(store, raw_hash, err);

    if (status == 0)
        status = drop_raw(store, store->raw_id, &counts, err);
    if (status < 0)
        store->is_broken = true;
    return status < 0 ? -1 : 0;
}

int drop_octets(struct store *store, int64_t raw_id, struct drop_counts *counts,
                struct err *err)
{
    if (count_raw(store, raw_id, counts, err))
        return -1;
    return run_with(store, STATEMENT_RAW_EMPTY,
                    "UPDATE raw SET encoding = 2, octets = x'' WHERE id = ?1",
                    raw_id, err);
}

/* ---- Reports ------------------------------------------------------------- */

static int find(struct store *store, int64_t id, struct dropped *out_dropped,
                struct err *err)
{
    sqlite3_stmt *find = sql_use(store, STATEMENT_REPORT_DROPPED,
                                 "SELECT standing, raw_id, kind, key"
                                 " FROM report WHERE id = ?1",
                                 err);
    int status = sql_find_with(store, find, err, id);

    if (status)
        return status;
    *out_dropped = (struct dropped){ .id = id,
                                     .standing = sqlite3_column_int64(find, 0),
                                     .raw_id = sqlite3_column_int64(find, 1),
                                     .kind = sqlite3_column_int64(find, 2) };
    sql_octets(find, 3, out_dropped->key, DIGEST_BYTES);
    sqlite3_reset(find);
    return 0;
}

/* Takes a TLS report out of its lists, and what counts out of the sums. */
static int take_out_tls(struct store *store, const struct dropped *dropped,
                        struct err *err)
{
    struct facts facts;

    /* Lines that are taken out are in the table. */
    if (tail_take(store, err) ||
        damaged_load_out(store, dropped->id, dropped->standing, &facts, err))
        return -1;
    return dropped->standing == STORE_COUNTED
               ? rollup_add(store, &facts, -1, err)
               : 0;
}

static int take_out(struct store *store, const struct dropped *dropped,
                    struct err *err)
{
    struct dmarc_facts messages;

    arena_reset(&store->scratch);
    if (dropped->kind == 0)
        return take_out_tls(store, dropped, err);
    if (dropped->standing != STORE_COUNTED)
        return 0;
    return dmarc_facts_load(store, dropped->id, &messages, err) ||
                   dmarc_facts_sum(store, &messages, -1, err)
               ? -1
               : 0;
}

int drop_rows(struct store *store, int64_t id, struct err *err)
{
    static const struct {
        enum store_statement place;
        const char *sql;
    } rows[] = {
        { STATEMENT_FINDING_DROP, "DELETE FROM finding WHERE report_id = ?1" },
        { STATEMENT_DMARC_DROP, "DELETE FROM dmarc WHERE report_id = ?1" },
        { STATEMENT_DMARC_ROW_DROP,
          "DELETE FROM dmarc_row WHERE report_id = ?1" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        if (run_with(store, rows[i].place, rows[i].sql, id, err))
            return -1;
    }
    return 0;
}

/* Drops the arrivals that wait to be judged, whose raws may be others. */
static int drop_pending(struct store *store, int64_t report_id,
                        struct drop_counts *counts, struct err *err)
{
    for (;;) {
        sqlite3_stmt *drop =
            sql_use(store, STATEMENT_PENDING_DROP_OF,
                    "DELETE FROM pending WHERE id ="
                    " (SELECT min(id) FROM pending WHERE report_id = ?1)"
                    " RETURNING raw_id",
                    err);
        int64_t raw_id;
        int status;

        if (!drop)
            return -1;
        sql_bind_integers(drop, report_id);
        status = sql_step(store, drop, err);
        if (status <= 0)
            return status;
        raw_id = sqlite3_column_int64(drop, 0);
        if (sql_run(store, drop, err) || drop_raw(store, raw_id, counts, err))
            return -1;
    }
}

static int drop_head(struct store *store, int64_t id, struct err *err)
{
    return run_with(store, STATEMENT_REPORT_DROP,
                    "DELETE FROM report WHERE id = ?1", id, err);
}

static int drop_one(struct store *store, const struct dropped *dropped,
                    struct drop_counts *counts, struct err *err)
{
    if (take_out(store, dropped, err) || drop_rows(store, dropped->id, err) ||
        drop_head(store, dropped->id, err) ||
        drop_pending(store, dropped->id, counts, err) ||
        drop_raw(store, dropped->raw_id, counts, err))
        return -1;
    counts->reports++;
    return 0;
}

/* What conflicts with a report that goes would stand beside nothing. */
static int drop_conflicts(struct store *store, const struct dropped *head,
                          struct drop_counts *counts, struct err *err)
{
    for (;;) {
        struct dropped other;
        sqlite3_stmt *next = sql_use(
            store, STATEMENT_REPORT_CONFLICT,
            "SELECT id FROM report WHERE key = ?1 AND standing = 1 LIMIT 1",
            err);
        int status;

        if (!next)
            return -1;
        sql_bind_octets(next, 1, head->key, DIGEST_BYTES);
        status = sql_step(store, next, err);
        if (status <= 0)
            return status;
        other.id = sqlite3_column_int64(next, 0);
        sqlite3_reset(next);
        if (find(store, other.id, &other, err) ||
            drop_one(store, &other, counts, err))
            return -1;
    }
}

int drop_alone(struct store *store, int64_t id, struct drop_counts *counts,
               struct err *err)
{
    struct dropped dropped;
    int status = find(store, id, &dropped, err);

    return status ? status : drop_one(store, &dropped, counts, err);
}

int drop_report(struct store *store, int64_t id, struct drop_counts *counts,
                struct err *err)
{
    struct dropped dropped;
    int status = find(store, id, &dropped, err);

    if (status)
        return status;
    if (drop_one(store, &dropped, counts, err))
        return -1;
    return dropped.standing == STORE_CONFLICTING
               ? 0
               : drop_conflicts(store, &dropped, counts, err);
}

int drop_count(struct store *store, const char *source, int64_t n,
               struct err *err)
{
    sqlite3_stmt *count =
        sql_use(store, STATEMENT_QUOTA_DROPPED,
                "INSERT INTO setting (name, value)"
                " VALUES ('dropped:' || ?1, ?2) ON CONFLICT (name)"
                " DO UPDATE SET value = value + ?2",
                err);

    if (!count)
        return -1;
    sql_bind_text(count, 1, source);
    sql_bind_integer(count, 2, n);
    return sql_run(store, count, err);
}

/* ---- Quarantine ---------------------------------------------------------- */

int drop_quarantined(struct store *store, int64_t id,
                     struct drop_counts *counts, struct err *err)
{
    sqlite3_stmt *drop =
        sql_use(store, STATEMENT_QUARANTINE_DROP,
                "DELETE FROM quarantine WHERE id = ?1 RETURNING raw_id", err);
    int64_t raw_id;
    int status = sql_find_with(store, drop, err, id);

    if (status)
        return status;
    raw_id = sqlite3_column_int64(drop, 0);
    if (sql_run(store, drop, err) ||
        run_with(store, STATEMENT_QUARANTINE_FINDING_DROP,
                 "DELETE FROM quarantine_finding WHERE quarantine_id = ?1", id,
                 err) ||
        drop_raw(store, raw_id, counts, err))
        return -1;
    counts->quarantined++;
    return 0;
}
