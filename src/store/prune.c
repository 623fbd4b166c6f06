/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/prune.h"

#include "store/arrival_row.h"
#include "store/drop.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/mend.h"
#include "store/prune_raws.h"
#include "store/quota.h"
#include "store/sql.h"

enum {
    /* A large raw is committed before the report that is read from it. */
    LONE_RAW_S = 3600
};

/* What is older than these goes; INT64_MIN: nothing. */
struct limits {
    int64_t facts_day;
    int64_t today;
    int64_t facts_at;
    int64_t raw_at;
    int64_t quarantine_at;
    int64_t lone_at;
};

static int64_t moment_before(int64_t now, int days)
{
    return days > 0 ? now - (int64_t)days * UTC_DAY_SECONDS : INT64_MIN;
}

static struct limits limits_of(const struct store *store,
                               const struct store_retention *keep)
{
    int64_t now = clock_now(store->clock);
    struct limits limits = {
        .facts_day = INT64_MIN,
        .today = utc_day_of(now),
        .facts_at = moment_before(now, keep->facts_days),
        .raw_at = moment_before(now, keep->raw_days),
        .quarantine_at = moment_before(now, keep->quarantine_days),
        .lone_at = now - LONE_RAW_S,
    };

    if (keep->facts_days > 0)
        limits.facts_day = limits.today - keep->facts_days;
    return limits;
}

void store_prune_init(struct store_prune *prune,
                      const struct store_retention *keep)
{
    *prune = (struct store_prune){ .keep = *keep };
}

/* ---- One thing at a time ------------------------------------------------- */

/* The id that a statement gives. Returns: 1 with it, 0 for none, -1 with err. */
static int next_id(struct store *store, sqlite3_stmt *next, int64_t *out_id,
                   struct err *err)
{
    int status = sql_step(store, next, err);

    if (status > 0)
        *out_id = sqlite3_column_int64(next, 0);
    sqlite3_reset(next);
    return status;
}

/* The oldest report of a standing whose day is past. */
static int find_dated(struct store *store, const struct store_prune *prune,
                      const struct limits *limits, int64_t *out_id,
                      struct err *err)
{
    sqlite3_stmt *tls =
        sql_use(store, STATEMENT_PRUNE_DATED,
                "SELECT report_id FROM line"
                " WHERE standing = ?1 AND domain_id = 0 AND label_id = 0"
                " AND day > -2147483648 AND day < ?2 ORDER BY day LIMIT 1",
                err);
    sqlite3_stmt *dmarc = sql_use(
        store, STATEMENT_PRUNE_DATED_DMARC,
        "SELECT report_id FROM dmarc INDEXED BY dmarc_day WHERE standing = ?1"
        " AND day > -2147483648 AND day < ?2 ORDER BY day LIMIT 1",
        err);
    int status;

    if (!tls || !dmarc)
        return -1;
    sql_bind_integers(tls, prune->standing, limits->facts_day);
    status = next_id(store, tls, out_id, err);
    if (status)
        return status;
    sql_bind_integers(dmarc, prune->standing, limits->facts_day);
    return next_id(store, dmarc, out_id, err);
}

#define TLS_OF                                                                 \
    " line s CROSS JOIN report r ON r.id = s.report_id"                        \
    " WHERE s.standing = ?1 AND s.domain_id = 0 AND s.label_id = 0 AND "
#define DMARC_OF                                                               \
    " dmarc s INDEXED BY dmarc_day CROSS JOIN report r"                        \
    " ON r.id = s.report_id WHERE s.standing = ?1 AND "
#define STORED " AND r.stored_at < ?3"

/* A report of a standing that has no day, or one still to come, and was stored
 * long ago. */
static int find_undated(struct store *store, const struct store_prune *prune,
                        const struct limits *limits, int64_t *out_id,
                        struct err *err)
{
    static const char tls_text[] =
        "SELECT r.id FROM" TLS_OF "s.day = -2147483648" STORED
        " UNION ALL SELECT r.id FROM" TLS_OF "s.day > ?2" STORED " LIMIT 1";
    static const char dmarc_text[] =
        "SELECT r.id FROM" DMARC_OF "s.day = -2147483648" STORED
        " UNION ALL SELECT r.id FROM" DMARC_OF "s.day > ?2" STORED " LIMIT 1";
    sqlite3_stmt *tls = sql_use(store, STATEMENT_PRUNE_UNDATED, tls_text, err);
    sqlite3_stmt *dmarc =
        sql_use(store, STATEMENT_PRUNE_UNDATED_DMARC, dmarc_text, err);
    int status;

    if (!tls || !dmarc)
        return -1;
    sql_bind_integers(tls, prune->standing, limits->today, limits->facts_at);
    status = next_id(store, tls, out_id, err);
    if (status)
        return status;
    sql_bind_integers(dmarc, prune->standing, limits->today, limits->facts_at);
    return next_id(store, dmarc, out_id, err);
}

/* What is removed by its day stays so when its raw is read again. */
static int note_floor(struct store *store, const struct limits *limits,
                      struct err *err)
{
    SQL_ONCE sqlite3_stmt *note =
        sql_prepare(store,
                    "INSERT INTO setting (name, value)"
                    " VALUES ('pruned-day', ?1), ('pruned-at', ?2)"
                    " ON CONFLICT (name)"
                    " DO UPDATE SET value = max(value, excluded.value)",
                    err);

    return sql_run_with(store, note, err, limits->facts_day,
                        clock_now(store->clock));
}

/* Drops what stands in a list without its report, so that the next one is found;
 * what is left of it in others goes when lists are made anew. */
static int drop_astray(struct store *store, const struct store_prune *prune,
                       const struct limits *limits, int64_t id, struct err *err)
{
    SQL_ONCE sqlite3_stmt *drop =
        sql_prepare(store,
                    "DELETE FROM line WHERE standing = ?1 AND domain_id = 0"
                    " AND label_id = 0 AND day < ?2 AND report_id = ?3",
                    err);

    return sql_run_with(store, drop, err, prune->standing, limits->facts_day,
                        id) ||
                   drop_rows(store, id, err) || mend_note_lost(store, 1, err)
               ? -1
               : 0;
}

/* Drops one that was found. Returns: 1, -1 with err. */
static int drop_found(struct store *store, const struct store_prune *prune,
                      const struct limits *limits, int64_t id,
                      struct drop_counts *counts, struct err *err)
{
    int status = counts->reports == 0 ? note_floor(store, limits, err) : 0;

    if (status == 0)
        status = drop_report(store, id, counts, err);
    if (status > 0)
        status = drop_astray(store, prune, limits, id, err);
    return status ? -1 : 1;
}

typedef int find_function(struct store *store, const struct store_prune *prune,
                          const struct limits *limits, int64_t *out_id,
                          struct err *err);

/* Drops one report that is found, of any standing. What conflicts comes last:
 * most of it goes with what it conflicts with. */
static int prune_fact(struct store *store, struct store_prune *prune,
                      const struct limits *limits, find_function *find,
                      struct drop_counts *counts, struct err *err)
{
    static const int order[] = { STORE_COUNTED, STORE_UNPROVEN, STORE_UNCLAIMED,
                                 STORE_CONFLICTING };

    if (limits->facts_at == INT64_MIN)
        return 0;
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        int64_t id;
        int status;

        prune->standing = order[i];
        status = find(store, prune, limits, &id, err);
        if (status > 0)
            return drop_found(store, prune, limits, id, counts, err);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int prune_dated(struct store *store, struct store_prune *prune,
                       const struct limits *limits, struct drop_counts *counts,
                       struct err *err)
{
    return prune_fact(store, prune, limits, find_dated, counts, err);
}

static int prune_undated(struct store *store, struct store_prune *prune,
                         const struct limits *limits,
                         struct drop_counts *counts, struct err *err)
{
    return prune_fact(store, prune, limits, find_undated, counts, err);
}

static int prune_quarantined(struct store *store, struct store_prune *prune,
                             const struct limits *limits,
                             struct drop_counts *counts, struct err *err)
{
    sqlite3_stmt *next =
        sql_use(store, STATEMENT_PRUNE_QUARANTINE,
                "SELECT id FROM quarantine WHERE stored_at < ?1 LIMIT 1", err);
    int64_t id;
    int status;

    (void)prune;
    if (!next)
        return -1;
    sql_bind_integers(next, limits->quarantine_at);
    status = next_id(store, next, &id, err);
    if (status > 0)
        return drop_quarantined(store, id, counts, err) < 0 ? -1 : 1;
    return status;
}

static int prune_raws(struct store *store, struct store_prune *prune,
                      const struct limits *limits, struct drop_counts *counts,
                      struct err *err)
{
    return prune_raws_next(store, prune, limits->raw_at, limits->lone_at,
                           counts, err);
}

/* ---- Steps --------------------------------------------------------------- */

typedef int part_function(struct store *store, struct store_prune *prune,
                          const struct limits *limits,
                          struct drop_counts *counts, struct err *err);

/* Works until the time is over. Returns: 1 there may be more, 0, -1. */
static int work(struct store *store, struct store_prune *prune,
                struct drop_counts *counts, struct err *err)
{
    static part_function *const parts[STORE_PRUNE_PARTS] = {
        [STORE_PRUNE_DATED] = prune_dated,
        [STORE_PRUNE_UNDATED] = prune_undated,
        [STORE_PRUNE_QUARANTINE] = prune_quarantined,
        [STORE_PRUNE_RAWS] = prune_raws,
    };
    const struct limits limits = limits_of(store, &prune->keep);
    int64_t begin_ms = clock_monotonic_ms();

    while (prune->part < STORE_PRUNE_PARTS) {
        int status = parts[prune->part](store, prune, &limits, counts, err);

        if (status < 0)
            return -1;
        if (status == 0)
            prune->part++;
        else if (clock_monotonic_ms() - begin_ms >= STORE_CARE_MS)
            return 1;
    }
    return 0;
}

int store_prune_step(struct store *store, struct store_prune *prune,
                     struct err *err)
{
    struct drop_counts counts = { 0 };
    int status;

    if (store_begin(store, err))
        return -1;
    /* What goes is looked for in the table of lines. */
    status = tail_take(store, err);
    if (status == 0)
        status = work(store, prune, &counts, err);
    if (status < 0) {
        store_rollback(store);
        return -1;
    }
    if (store_commit(store, err))
        return -1;
    prune->counts.reports += counts.reports;
    prune->counts.quarantined += counts.quarantined;
    prune->counts.raws += counts.raws;
    prune->counts.raw_bytes += counts.raw_bytes;
    if (status == 0 && store_free_bytes(store, &prune->counts.free_bytes, err))
        return -1;
    return status;
}

/* ---- What went ----------------------------------------------------------- */

int store_find_floor(struct store *store, struct store_floor *out_floor,
                     struct err *err)
{
    SQL_ONCE sqlite3_stmt *find = sql_prepare(
        store,
        "SELECT (SELECT value FROM setting WHERE name = 'pruned-day'),"
        " (SELECT value FROM setting WHERE name = 'pruned-at')",
        err);

    if (!find || sql_step(store, find, err) <= 0)
        return -1;
    *out_floor = (struct store_floor){ .day = INT64_MIN };
    if (sqlite3_column_type(find, 0) == SQLITE_INTEGER)
        *out_floor =
            (struct store_floor){ .day = sqlite3_column_int64(find, 0),
                                  .at = sqlite3_column_int64(find, 1) };
    return 0;
}

bool store_floor_has(const struct store_floor *floor, int64_t day,
                     int64_t stored_at)
{
    if (stored_at > floor->at)
        return false;
    /* Without a day, or with one to come, it went by the time of storing. */
    if (day == UTC_DAY_NONE || day > utc_day_of(floor->at))
        day = utc_day_of(stored_at);
    return day < floor->day;
}

/* ---- What would go ------------------------------------------------------- */

#define GOES                                                                   \
    "(CASE WHEN r.day > -2147483648 AND r.day <= ?2 THEN r.day < ?1"           \
    " ELSE r.stored_at < ?3 END)"

int store_prune_count(struct store *store, const struct store_retention *keep,
                      struct store_pruned *out_pruned, struct err *err)
{
    const struct limits limits = limits_of(store, keep);
    SQL_ONCE sqlite3_stmt *ask = sql_prepare(
        store,
        "SELECT (SELECT count(*) FROM report r WHERE " GOES "),"
        " (SELECT count(*) FROM quarantine WHERE stored_at < ?5),"
        " count(*), coalesce(sum(length(octets)), 0) FROM raw"
        " WHERE encoding <> 2 AND NOT EXISTS (SELECT 1 FROM quarantine"
        "  WHERE raw_id = raw.id AND stored_at >= ?5)"
        " AND NOT EXISTS (SELECT 1 FROM pending p JOIN report r"
        "  ON r.id = p.report_id WHERE p.raw_id = raw.id"
        "  AND p.judge_at < " ARRIVAL_NEVER " AND NOT " GOES ")"
        " AND NOT EXISTS (SELECT 1 FROM report r WHERE r.raw_id = raw.id"
        "  AND r.stored_at >= ?4 AND NOT " GOES ")"
        " AND (EXISTS (SELECT 1 FROM report WHERE raw_id = raw.id)"
        "  OR EXISTS (SELECT 1 FROM quarantine WHERE raw_id = raw.id)"
        "  OR put_at < ?6)",
        err);

    if (!ask)
        return -1;
    sql_bind_integers(ask, limits.facts_day, limits.today, limits.facts_at,
                      limits.raw_at, limits.quarantine_at, limits.lone_at);
    if (sql_step(store, ask, err) <= 0)
        return -1;
    out_pruned->reports = sqlite3_column_int64(ask, 0);
    out_pruned->quarantined = sqlite3_column_int64(ask, 1);
    out_pruned->raws = sqlite3_column_int64(ask, 2);
    out_pruned->raw_bytes = sqlite3_column_int64(ask, 3);
    return store_free_bytes(store, &out_pruned->free_bytes, err);
}
