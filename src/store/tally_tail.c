/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tally_tail.h"

#include <stdlib.h>
#include <string.h>

#include "base/checksum.h"
#include "base/map.h"
#include "store/limits.h"
#include "store/numbers.h"
#include "store/sql.h"
#include "store/tally_handle.h"

enum {
    FORMAT = 1,
    SUM_BYTES = 8, /* of the check sum at the end */
    NUMBERS = 7,   /* of what is added to one sum */
};

/* What is added to one sum: its key, then sessions and failures. */
struct addition {
    int64_t key[5]; /* day, domain, record, policy, detail */
    int64_t sessions;
    int64_t failures;
};

/* Additions, those to one sum as one. */
struct additions {
    struct map places;      /* key to number */
    struct addition *items; /* heap */
    size_t n;
    size_t capacity;
};

/* ---- Life ---------------------------------------------------------------- */

void tally_tail_init(struct tally_tail *tail)
{
    *tail = (struct tally_tail){ 0 };
    buffer_init(&tail->octets, STORE_TALLY_BATCH_BYTES);
}

void tally_tail_deinit(struct tally_tail *tail)
{
    buffer_deinit(&tail->octets);
}

int tally_tail_ask(struct tally *tally, struct err *err)
{
    sqlite3_stmt *ask =
        sql_use(tally->store, STATEMENT_TALLY_TAIL_ASK,
                "SELECT count(*) FILTER (WHERE is_damaged = 0),"
                " ifnull(sum(length(octets)) FILTER (WHERE is_damaged = 0), 0),"
                " count(*) FILTER (WHERE is_damaged = 1) FROM tail",
                err);

    if (!ask || sql_step(tally->store, ask, err) < 0)
        return -1;
    tally->tail.n_batches = sqlite3_column_int64(ask, 0);
    tally->tail.bytes = sqlite3_column_int64(ask, 1);
    tally->tail.n_damaged = sqlite3_column_int64(ask, 2);
    sqlite3_reset(ask);
    if (!tally->tail.n_batches)
        tally->tail.since_ms = 0;
    return 0;
}

/* ---- Octets -------------------------------------------------------------- */

int tally_tail_add(struct tally *tally, const struct tally_place *place,
                   int64_t sessions, int64_t failures, struct err *err)
{
    struct buffer *octets = &tally->tail.octets;
    const int64_t numbers[NUMBERS] = {
        place->day,       place->domain_id, place->record_id, place->policy_id,
        place->detail_id, sessions,         failures,
    };

    if (octets->len + NUMBERS * NUMBERS_BYTES + SUM_BYTES >
        STORE_TALLY_BATCH_BYTES)
        return 1;
    if (octets->len == 0)
        buffer_add_char(octets, FORMAT);
    for (size_t i = 0; i < NUMBERS; i++)
        numbers_put(octets, numbers[i]);
    return octets->failed ? err_memory(err) : 0;
}

/* Takes one addition off. Returns: 0, -1 where there is none. */
static int take_addition(struct slice *octets, struct addition *out)
{
    for (size_t i = 0; i < 5; i++) {
        if (numbers_take(octets, &out->key[i]))
            return -1;
    }
    return numbers_take(octets, &out->sessions) ||
                   numbers_take(octets, &out->failures)
               ? -1
               : 0;
}

/* What stands between format and check sum. Returns: 0, -1 where it is
 * damaged. */
static int open_octets(struct slice octets, struct slice *out_inner)
{
    struct addition addition;
    struct slice rest;
    uint64_t sum;

    if (octets.len < 1 + SUM_BYTES || octets.ptr[0] != FORMAT)
        return -1;
    rest = slice_make(octets.ptr, octets.len - SUM_BYTES);
    memcpy(&sum, rest.ptr + rest.len, SUM_BYTES);
    if (sum != checksum_add(CHECKSUM_NONE, rest))
        return -1;
    rest = *out_inner = slice_skip(rest, 1);
    while (rest.len) {
        if (take_addition(&rest, &addition))
            return -1;
    }
    return 0;
}

/* ---- Folding ------------------------------------------------------------- */

static int grow(struct additions *all)
{
    size_t capacity = all->capacity ? all->capacity * 2 : 1024;
    struct addition *items = reallocarray(all->items, capacity, sizeof(*items));

    if (!items)
        return -1;
    all->items = items;
    all->capacity = capacity;
    return 0;
}

static int join(struct additions *all, const struct addition *addition,
                struct err *err)
{
    const struct slice key =
        slice_make((const char *)addition->key, sizeof(addition->key));
    struct addition *item;
    size_t at;
    int status = map_number(&all->places, key, &at);

    if (status < 0 || (status > 0 && all->n == all->capacity && grow(all)))
        return err_memory(err);
    item = &all->items[at];
    if (status > 0) {
        all->n++;
        *item = *addition;
        return 0;
    }
    item->sessions = tally_within(item->sessions + addition->sessions);
    item->failures = tally_within(item->failures + addition->failures);
    return 0;
}

static int join_all(struct additions *all, struct slice octets, struct err *err)
{
    struct addition addition;

    while (octets.len && take_addition(&octets, &addition) == 0) {
        if (join(all, &addition, err))
            return -1;
    }
    return 0;
}

static int note_damaged(struct tally *tally, int64_t id, struct err *err)
{
    SQL_ONCE sqlite3_stmt *note = sql_prepare(
        tally->store, "UPDATE tail SET is_damaged = 1 WHERE id = ?1", err);

    tally->tail.n_damaged++;
    return sql_run_with(tally->store, note, err, id);
}

/* Reads the batch behind one. Returns: 1 with its number, 0 at the end, -1. */
static int read_next(struct tally *tally, struct additions *all, int64_t *id,
                     struct err *err)
{
    sqlite3_stmt *next = sql_use(tally->store, STATEMENT_TALLY_TAIL_EACH,
                                 "SELECT id, octets FROM tail WHERE id > ?1 AND"
                                 " is_damaged = 0 ORDER BY id LIMIT 1",
                                 err);
    int status = sql_find_with(tally->store, next, err, *id);
    bool is_damaged;
    struct slice inner;

    if (status)
        return status < 0 ? -1 : 0;
    *id = sqlite3_column_int64(next, 0);
    is_damaged = open_octets(sql_slice(next, 1), &inner);
    if (!is_damaged)
        status = join_all(all, inner, err);
    sqlite3_reset(next);
    if (is_damaged)
        status = note_damaged(tally, *id, err);
    return status ? -1 : 1;
}

static int compare(const void *a, const void *b)
{
    const struct addition *x = a, *y = b;
    size_t i = 0;

    while (i < 4 && x->key[i] == y->key[i])
        i++;
    return (x->key[i] > y->key[i]) - (x->key[i] < y->key[i]);
}

/* In the order of the tree. */
static int add_all(struct tally *tally, const struct additions *all,
                   struct err *err)
{
    int status = 0;

    if (all->n)
        qsort(all->items, all->n, sizeof(*all->items), compare);
    for (size_t i = 0; status == 0 && i < all->n; i++) {
        const struct addition *item = &all->items[i];
        const struct tally_place place = {
            .day = (utc_day)item->key[0],
            .domain_id = item->key[1],
            .record_id = item->key[2],
            .policy_id = item->key[3],
            .detail_id = item->key[4],
        };

        status = tally_add_to_place(tally, &place, item->sessions,
                                    item->failures, err);
    }
    return status;
}

static int empty(struct tally *tally, struct err *err)
{
    return sql_execute(tally->store, "DELETE FROM tail WHERE is_damaged = 0",
                       err);
}

int tally_tail_fold(struct tally *tally, struct err *err)
{
    struct tally_tail *tail = &tally->tail;
    struct additions all = { .n = 0 };
    int64_t id = 0;
    int status;

    map_init(&all.places);
    while ((status = read_next(tally, &all, &id, err)) > 0) {}
    if (status == 0 && tail->octets.len)
        status =
            join_all(&all, slice_skip(buffer_slice(&tail->octets), 1), err);
    if (status == 0)
        status = add_all(tally, &all, err);
    if (status == 0)
        status = empty(tally, err);
    free(all.items);
    map_deinit(&all.places);
    buffer_reset(&tail->octets);
    tail->n_batches = tail->bytes = 0;
    tail->has_folded = true;
    if (status)
        tally->store->is_broken = true;
    return status;
}

/* ---- Batches ------------------------------------------------------------- */

static int append(struct tally *tally, struct err *err)
{
    struct tally_tail *tail = &tally->tail;
    const uint64_t sum =
        checksum_add(CHECKSUM_NONE, buffer_slice(&tail->octets));
    sqlite3_stmt *put = sql_use(tally->store, STATEMENT_TALLY_TAIL_PUT,
                                "INSERT INTO tail (octets) VALUES (?1)", err);

    buffer_add(&tail->octets, &sum, sizeof(sum));
    if (!put)
        return -1;
    if (tail->octets.failed)
        return err_memory(err);
    sql_bind_octets(put, 1, tail->octets.ptr, tail->octets.len);
    tail->has_put = true;
    return sql_run(tally->store, put, err);
}

bool tally_is_due(const struct tally *tally)
{
    const struct tally_tail *tail = &tally->tail;

    return tail->n_batches > 0 &&
           (tail->since_ms == 0 ||
            clock_monotonic_ms() - tail->since_ms >= STORE_TALLY_TAIL_MS);
}

int tally_tail_put(struct tally *tally, struct err *err)
{
    struct tally_tail *tail = &tally->tail;
    const int64_t bytes = tail->bytes + (int64_t)tail->octets.len;
    int status = 0;

    /* Not by octets: damaged batches may have none, and are to be found so. */
    if (tail->n_batches == 0 && tail->octets.len == 0)
        return 0;
    if (tail->must_fold || tally_is_due(tally) ||
        bytes > STORE_TALLY_TAIL_BYTES)
        status = tally_tail_fold(tally, err);
    else if (tail->octets.len)
        status = append(tally, err);
    return status;
}

void tally_tail_end(struct tally_tail *tail, bool is_committed)
{
    if (is_committed && tail->has_put) {
        if (tail->n_batches++ == 0)
            tail->since_ms = clock_monotonic_ms();
        tail->bytes += (int64_t)tail->octets.len;
    }
    if (is_committed && tail->has_folded && tail->n_batches == 0)
        tail->since_ms = 0;
    buffer_reset(&tail->octets);
    tail->is_used = tail->must_fold = tail->has_put = tail->has_folded = false;
}

void tally_expect(struct tally *tally, uint64_t n_sums)
{
    tally->tail.is_used =
        n_sums > STORE_TALLY_DIRECT || tally->tail.n_batches > 0;
}

int tally_settle(struct tally *tally, struct err *err)
{
    if (tally->tail.n_batches == 0)
        return 0;
    if (tally_begin(tally, err))
        return -1;
    tally->tail.must_fold = true;
    return tally_commit(tally, err);
}

int64_t tally_damaged(const struct tally *tally)
{
    return tally->tail.n_damaged;
}
