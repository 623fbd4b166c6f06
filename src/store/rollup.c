/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/rollup.h"

#include <stdlib.h>

#include "store/handle.h"
#include "store/limits.h"
#include "store/range.h"
#include "store/sql.h"

/* What names a sum; compared as octets in the map, by member for the order in
 * the tree. */
struct delta_key {
    int64_t kind;
    int64_t domain_id;
    int64_t level;
    int64_t block;
    int64_t label_id;
};

struct rollup_delta {
    struct delta_key key;
    struct rollup_row row;
    int64_t less_from; /* days of what was taken out: extents may be others; */
    int64_t less_to;   /* the first is above the second where nothing was */
};

void rollup_init(struct rollup *rollup)
{
    *rollup = (struct rollup){ 0 };
    map_init(&rollup->places);
}

void rollup_deinit(struct rollup *rollup)
{
    map_deinit(&rollup->places);
    free(rollup->deltas);
    rollup_init(rollup);
}

void rollup_clear(struct rollup *rollup)
{
    map_clear(&rollup->places);
    rollup->n_deltas = 0;
}

static int grow(struct rollup *rollup)
{
    size_t capacity = rollup->capacity ? rollup->capacity * 2 : 256;
    struct rollup_delta *larger =
        reallocarray(rollup->deltas, capacity, sizeof(*larger));

    if (!larger)
        return -1;
    rollup->deltas = larger;
    rollup->capacity = capacity;
    return 0;
}

static struct rollup_delta *delta_of(struct rollup *rollup,
                                     const struct delta_key *key)
{
    int64_t *place = map_put(&rollup->places, slice_make(key, sizeof(*key)));
    struct rollup_delta *delta;

    if (!place)
        return NULL;
    if (*place)
        return &rollup->deltas[*place - 1];
    if (rollup->n_deltas == rollup->capacity && grow(rollup))
        return NULL;
    delta = &rollup->deltas[rollup->n_deltas++];
    *delta = (struct rollup_delta){ .key = *key,
                                    .row = { .first_day = INT32_MAX,
                                             .last_day = INT32_MIN },
                                    .less_from = INT64_MAX,
                                    .less_to = INT64_MIN };
    *place = (int64_t)rollup->n_deltas;
    return delta;
}

/* Deltas of one batch stay within what two sums can be added up to. */
static int64_t bounded(int64_t sum)
{
    if (sum > ROLLUP_SUM_MAX)
        return ROLLUP_SUM_MAX;
    return sum < -ROLLUP_SUM_MAX ? -ROLLUP_SUM_MAX : sum;
}

static void add_row(struct rollup_delta *delta, const struct rollup_row *row,
                    int64_t day, int64_t sign)
{
    struct rollup_row *sum = &delta->row;

    sum->reports += sign;
    sum->sessions = bounded(sum->sessions + sign * row->sessions);
    sum->failures = bounded(sum->failures + sign * row->failures);
    if (row->failures > 0) {
        sum->failed_reports += sign;
        sum->failed_sessions =
            bounded(sum->failed_sessions + sign * row->sessions);
    }
    if (sign < 0 && day < delta->less_from)
        delta->less_from = day;
    if (sign < 0 && day > delta->less_to)
        delta->less_to = day;
    if (sign > 0 && day != UTC_DAY_NONE && day < sum->first_day)
        sum->first_day = day;
    if (sign > 0 && day > sum->last_day)
        sum->last_day = day;
}

/* Adds one fact to its sum on every level. */
static int add_fact(struct rollup *rollup, int64_t kind, int64_t domain_id,
                    const struct rollup_row *row, int64_t day, int64_t sign)
{
    for (int level = 0; level < ROLLUP_LEVELS; level++) {
        struct delta_key key = { .kind = kind,
                                 .domain_id = domain_id,
                                 .level = level,
                                 .block = day >> (ROLLUP_SHIFT * level),
                                 .label_id = row->label_id };
        struct rollup_delta *delta = delta_of(rollup, &key);

        if (!delta)
            return -1;
        add_row(delta, row, day, sign);
    }
    return 0;
}

int rollup_add_sum(struct store *store, int64_t kind, int64_t domain_id,
                   const struct rollup_row *row, int64_t day, int64_t sign,
                   struct err *err)
{
    return add_fact(&store->rollup, kind, domain_id, row, day, sign)
               ? err_memory(err)
               : 0;
}

static int add_subject(struct rollup *rollup, const struct facts *facts,
                       const struct facts_row *subject, int64_t sign)
{
    struct rollup_row row = { .sessions = subject->sessions,
                              .failures = subject->failures };

    if (add_fact(rollup, DICTIONARY_DOMAIN, subject->domain_id, &row,
                 facts->day, sign))
        return -1;
    if (subject->domain_id != DICTIONARY_ALL) {
        row.label_id = subject->domain_id;
        return add_fact(rollup, ROLLUP_DOMAINS, DICTIONARY_ALL, &row,
                        facts->day, sign);
    }
    row.label_id = facts->organization_id;
    return add_fact(rollup, DICTIONARY_ORGANIZATION, DICTIONARY_ALL, &row,
                    facts->day, sign);
}

int rollup_add(struct store *store, const struct facts *facts, int64_t sign,
               struct err *err)
{
    struct rollup *rollup = &store->rollup;

    for (size_t i = 0; i < facts->subjects.n; i++) {
        if (add_subject(rollup, facts, &facts->subjects.rows[i], sign))
            return err_memory(err);
    }
    for (size_t i = 0; i < facts->shares.n; i++) {
        const struct facts_row *share = &facts->shares.rows[i];
        struct rollup_row row = { .label_id = share->label_id,
                                  .sessions = share->sessions,
                                  .failures = share->failures };

        if (add_fact(rollup, share->kind, share->domain_id, &row, facts->day,
                     sign))
            return err_memory(err);
    }
    return 0;
}

/* The order of the tree, so that neighbours are written one after the other. */
static int compare(const void *a, const void *b)
{
    const int64_t *left = &((const struct rollup_delta *)a)->key.kind;
    const int64_t *right = &((const struct rollup_delta *)b)->key.kind;

    for (size_t i = 0; i < sizeof(struct delta_key) / sizeof(int64_t); i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    }
    return 0;
}

/* A sum is never below 0 nor above ROLLUP_SUM_MAX (2305843009213693952). */
static const char update_text[] =
    "UPDATE rollup SET"
    " reports = reports + ?6,"
    " sessions = min(max(sessions + ?7, 0), 2305843009213693952),"
    " failures = min(max(failures + ?8, 0), 2305843009213693952),"
    " failed_reports = failed_reports + ?9,"
    " failed_sessions = min(max(failed_sessions + ?10, 0), 2305843009213693952),"
    " first_day = min(first_day, ?11),"
    " last_day = max(last_day, ?12)"
    " WHERE kind = ?1 AND domain_id = ?2 AND level = ?3 AND block = ?4"
    " AND label_id = ?5";

static const char put_text[] =
    "INSERT INTO rollup (kind, domain_id, level, block, label_id, reports,"
    " sessions, failures, failed_reports, failed_sessions, first_day, last_day)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, max(?7, 0), max(?8, 0), ?9, max(?10, 0),"
    " ?11, ?12)";

static int put_row(struct store *store, sqlite3_stmt *statement,
                   const struct rollup_delta *delta, struct err *err)
{
    const struct delta_key *key = &delta->key;
    const struct rollup_row *row = &delta->row;

    sql_bind_integers(statement, key->kind, key->domain_id, key->level,
                      key->block, key->label_id, row->reports, row->sessions,
                      row->failures, row->failed_reports, row->failed_sessions,
                      row->first_day, row->last_day);
    return sql_run(store, statement, err);
}

static int put(struct store *store, const struct rollup_delta *delta,
               struct err *err)
{
    sqlite3_stmt *update =
        sql_use(store, STATEMENT_ROLLUP_UPDATE, update_text, err);
    sqlite3_stmt *insert;

    if (!update || put_row(store, update, delta, err))
        return -1;
    if (sqlite3_changes64(store->db))
        return 0;
    insert = sql_use(store, STATEMENT_ROLLUP_PUT, put_text, err);
    return insert ? put_row(store, insert, delta, err) : -1;
}

/* Asks the days of a block one by one: between them stand all other labels.
 * Where one day alone has less, and still has something, nothing changes. */
static const char extent_text[] =
    "UPDATE rollup SET (first_day, last_day) = ("
    " WITH RECURSIVE days (day) AS (VALUES (max(?4 << ?6, -2147483647))"
    "  UNION ALL SELECT day + 1 FROM days WHERE day < ((?4 + 1) << ?6) - 1)"
    " SELECT coalesce(min(day), 2147483647), coalesce(max(day), -2147483648)"
    " FROM days WHERE EXISTS (SELECT 1 FROM rollup WHERE kind = ?1"
    "  AND domain_id = ?2 AND level = 0 AND block = day AND label_id = ?5))"
    " WHERE kind = ?1 AND domain_id = ?2 AND level = ?3 AND block = ?4"
    " AND label_id = ?5 AND NOT (?7 = ?8 AND EXISTS (SELECT 1 FROM rollup"
    "  WHERE kind = ?1 AND domain_id = ?2 AND level = 0 AND block = ?7"
    "  AND label_id = ?5))";

/* Where something was taken out, a sum of no report goes, and the extents of
 * what is left are asked of the days below. A day is its own extent. */
static int mend(struct store *store, const struct rollup_delta *delta,
                struct err *err)
{
    const struct delta_key *key = &delta->key;
    sqlite3_stmt *drop =
        sql_use(store, STATEMENT_ROLLUP_DROP,
                "DELETE FROM rollup WHERE kind = ?1 AND domain_id = ?2"
                " AND level = ?3 AND block = ?4 AND label_id = ?5"
                " AND reports <= 0",
                err);
    sqlite3_stmt *extent =
        sql_use(store, STATEMENT_ROLLUP_EXTENT, extent_text, err);

    if (!drop || !extent)
        return -1;
    sql_bind_integers(drop, key->kind, key->domain_id, key->level, key->block,
                      key->label_id);
    if (sql_run(store, drop, err))
        return -1;
    if (key->level == 0)
        return 0;
    sql_bind_integers(extent, key->kind, key->domain_id, key->level, key->block,
                      key->label_id, ROLLUP_SHIFT * key->level,
                      delta->less_from, delta->less_to);
    return sql_run(store, extent, err);
}

int rollup_flush(struct store *store, struct err *err)
{
    struct rollup *rollup = &store->rollup;

    if (rollup->n_deltas == 0)
        return 0;
    qsort(rollup->deltas, rollup->n_deltas, sizeof(*rollup->deltas), compare);
    for (size_t i = 0; i < rollup->n_deltas; i++) {
        if (put(store, &rollup->deltas[i], err))
            return -1;
    }
    /* Days stand before blocks in a kind and domain, so they are right when a
     * block asks them. */
    for (size_t i = 0; i < rollup->n_deltas; i++) {
        const struct rollup_delta *delta = &rollup->deltas[i];

        if (delta->less_from <= delta->less_to && mend(store, delta, err))
            return -1;
    }
    rollup_clear(rollup);
    return 0;
}

/* Appends a run unless it is empty. */
static size_t add_run(struct rollup_run *runs, size_t n, int level,
                      int64_t from, int64_t to)
{
    if (from <= to)
        runs[n++] = (struct rollup_run){ level, from, to };
    return n;
}

size_t rollup_runs(struct store_range range,
                   struct rollup_run out_runs[static ROLLUP_RUNS_MAX])
{
    /* UTC_DAY_NONE is the first day of the first block of every level, so the
     * range of everything is whole blocks and holds the undated, too. */
    const int64_t size = INT64_C(1) << ROLLUP_SHIFT;
    int64_t from = range_of(range).from;
    int64_t to = range_of(range).to;
    size_t n = 0;

    for (int level = 0; level < ROLLUP_LEVELS - 1 && from <= to; level++) {
        int64_t first_whole = (from + size - 1) >> ROLLUP_SHIFT;
        int64_t end_whole = (to + 1) >> ROLLUP_SHIFT;

        if (first_whole >= end_whole)
            return add_run(out_runs, n, level, from, to);
        n = add_run(out_runs, n, level, from, first_whole * size - 1);
        n = add_run(out_runs, n, level, end_whole * size, to);
        from = first_whole;
        to = end_whole - 1;
    }
    return add_run(out_runs, n, ROLLUP_LEVELS - 1, from, to);
}

int64_t rollup_told(int64_t sum)
{
    return sum > STORE_SUM_MAX ? STORE_SUM_MAX : sum;
}

static int64_t sum_of(int64_t a, int64_t b)
{
    return rollup_told(a + b);
}

int rollup_join(void *sum, const struct rollup_row *row, struct err *err)
{
    struct rollup_row *into = sum;

    (void)err;
    into->reports = sum_of(into->reports, row->reports);
    into->sessions = sum_of(into->sessions, row->sessions);
    into->failures = sum_of(into->failures, row->failures);
    into->failed_reports = sum_of(into->failed_reports, row->failed_reports);
    into->failed_sessions = sum_of(into->failed_sessions, row->failed_sessions);
    if (row->first_day < into->first_day)
        into->first_day = row->first_day;
    if (row->last_day > into->last_day)
        into->last_day = row->last_day;
    return 0;
}

#define COLUMNS "label_id, reports, sessions, failures, first_day, last_day"
#define WHERE                                                                  \
    " FROM rollup WHERE kind = ?1 AND domain_id = ?2 AND level = ?3"           \
    " AND block BETWEEN ?4 AND ?5"

/* Gives the rows of a statement, whose columns are COLUMNS and, where it has
 * eight, the two of failed reports. */
static int read_run(struct store *store, sqlite3_stmt *read,
                    rollup_function *function, void *context, struct err *err)
{
    bool has_failed = sqlite3_column_count(read) > 6;
    int status;

    while ((status = sql_step(store, read, err)) > 0) {
        struct rollup_row row = {
            .label_id = sqlite3_column_int64(read, 0),
            .reports = sqlite3_column_int64(read, 1),
            .sessions = rollup_told(sqlite3_column_int64(read, 2)),
            .failures = rollup_told(sqlite3_column_int64(read, 3)),
            .first_day = sqlite3_column_int64(read, 4),
            .last_day = sqlite3_column_int64(read, 5),
        };

        if (has_failed) {
            row.failed_reports = sqlite3_column_int64(read, 6);
            row.failed_sessions = rollup_told(sqlite3_column_int64(read, 7));
        }
        status = function(context, &row, err);
        if (status)
            break;
    }
    sqlite3_reset(read);
    return status;
}

/* Runs a statement once for each run of a range. */
static int read_runs(struct store *store, sqlite3_stmt *read,
                     const int64_t names[static 3], struct store_range range,
                     rollup_function *function, void *context, struct err *err)
{
    struct rollup_run runs[ROLLUP_RUNS_MAX];
    size_t n = rollup_runs(range, runs);

    if (!read)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int status;

        sql_bind_integers(read, names[0], names[1], runs[i].level, runs[i].from,
                          runs[i].to, names[2]);
        status = read_run(store, read, function, context, err);
        if (status)
            return status;
    }
    return 0;
}

int rollup_each(struct store *store, int kind, int64_t domain_id,
                struct store_range range, rollup_function *function,
                void *context, struct err *err)
{
    sqlite3_stmt *read =
        sql_use(store, STATEMENT_ROLLUP_READ, "SELECT " COLUMNS WHERE, err);
    const int64_t names[] = { kind, domain_id, 0 };

    return read_runs(store, read, names, range, function, context, err);
}

int rollup_find(struct store *store, int kind, int64_t domain_id,
                int64_t label_id, struct store_range range,
                struct rollup_row *out_sum, struct err *err)
{
    sqlite3_stmt *read =
        sql_use(store, STATEMENT_ROLLUP_FIND,
                "SELECT " COLUMNS ", failed_reports, failed_sessions" WHERE
                " AND label_id = ?6",
                err);
    const int64_t names[] = { kind, domain_id, label_id };

    *out_sum = (struct rollup_row){ .label_id = label_id,
                                    .first_day = INT32_MAX,
                                    .last_day = INT32_MIN };
    return read_runs(store, read, names, range, rollup_join, out_sum, err);
}
