/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/rollup.h"

#include <stdlib.h>

#include "store/handle.h"
#include "store/limits.h"
#include "store/sql.h"
#include "store/tail.h"

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
    rollup->has_less = false;
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
                                     const struct rollup_key *key)
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

/* Adds one fact to the sum of its day. */
static int add_fact(struct rollup *rollup, int64_t kind, int64_t domain_id,
                    const struct rollup_row *row, int64_t day, int64_t sign)
{
    const struct rollup_key key = { .kind = kind,
                                    .domain_id = domain_id,
                                    .block = day,
                                    .label_id = row->label_id };
    struct rollup_delta *delta = delta_of(rollup, &key);

    if (!delta)
        return -1;
    add_row(delta, row, day, sign);
    rollup->has_less |= sign < 0;
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

/* ---- Deltas of days and blocks ------------------------------------------- */

static void join_delta(struct rollup_delta *into,
                       const struct rollup_delta *delta)
{
    struct rollup_row *sum = &into->row;
    const struct rollup_row *row = &delta->row;

    sum->reports += row->reports;
    sum->sessions = bounded(sum->sessions + row->sessions);
    sum->failures = bounded(sum->failures + row->failures);
    sum->failed_reports += row->failed_reports;
    sum->failed_sessions = bounded(sum->failed_sessions + row->failed_sessions);
    if (row->first_day < sum->first_day)
        sum->first_day = row->first_day;
    if (row->last_day > sum->last_day)
        sum->last_day = row->last_day;
    if (delta->less_from < into->less_from)
        into->less_from = delta->less_from;
    if (delta->less_to > into->less_to)
        into->less_to = delta->less_to;
}

const struct rollup_delta *rollup_delta(const struct rollup *rollup,
                                        const struct rollup_key *key)
{
    const int64_t *place =
        map_find(&rollup->places, slice_make(key, sizeof(*key)));

    return place && *place ? &rollup->deltas[*place - 1] : NULL;
}

int rollup_join_delta(struct rollup *rollup, const struct rollup_delta *delta)
{
    struct rollup_delta *into = delta_of(rollup, &delta->key);

    if (!into)
        return -1;
    join_delta(into, delta);
    return 0;
}

int rollup_join_all(struct rollup *rollup, const struct rollup *other)
{
    for (size_t i = 0; i < other->n_deltas; i++) {
        if (rollup_join_delta(rollup, &other->deltas[i]))
            return -1;
    }
    rollup->has_less |= other->has_less;
    return 0;
}

/* Adds days to the blocks that they are in. */
static int add_blocks(struct rollup *rollup)
{
    const size_t n_days = rollup->n_deltas;

    for (size_t i = 0; i < n_days; i++) {
        struct rollup_delta delta = rollup->deltas[i];

        for (int level = 1; level < ROLLUP_LEVELS; level++) {
            delta.key.level = level;
            delta.key.block >>= ROLLUP_SHIFT;
            if (rollup_join_delta(rollup, &delta))
                return -1;
        }
    }
    return 0;
}

int rollup_compare(const struct rollup_delta *left,
                   const struct rollup_delta *right)
{
    const int64_t *a = &left->key.kind;
    const int64_t *b = &right->key.kind;

    for (size_t i = 0; i < sizeof(struct rollup_key) / sizeof(int64_t); i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

/* The order of the tree, so that neighbours are written one after the other. */
static int compare(const void *a, const void *b)
{
    return rollup_compare(a, b);
}

/* ---- Rows ---------------------------------------------------------------- */

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
    const struct rollup_key *key = &delta->key;
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
    const struct rollup_key *key = &delta->key;
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

    if (tail_take(store, err))
        return -1;
    store->tail.was_taken = false;
    if (rollup->n_deltas == 0)
        return 0;
    if (add_blocks(rollup))
        return err_memory(err);
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
    /* It had many times the sums of a batch, which would clear as many places
     * each time. */
    map_deinit(&rollup->places);
    rollup_clear(rollup);
    return 0;
}
