/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tail.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/mend.h"
#include "store/schema.h"
#include "store/sql.h"

enum { NUMBER_BYTES = 10 }; /* 64 bits, seven an octet */

void tail_init(struct tail *tail)
{
    *tail = (struct tail){ 0 };
    rollup_init(&tail->sums);
}

void tail_deinit(struct tail *tail)
{
    rollup_deinit(&tail->sums);
    free(tail->order);
    tail_init(tail);
}

void tail_forget(struct store *store)
{
    struct tail *tail = &store->tail;

    rollup_clear(&tail->sums);
    tail->is_ordered = tail->is_current = false;
    tail->first_id = tail->last_id = tail->put_id = 0;
    tail->bytes = 0;
    tail->n_damaged = 0;
}

/* ---- Octets -------------------------------------------------------------- */

/* Small ones of either sign are short. */
static void put_number(struct buffer *out, int64_t number)
{
    uint64_t rest = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
    char octets[NUMBER_BYTES];
    size_t n = 0;

    for (; rest >= 0x80; rest >>= 7)
        octets[n++] = (char)(rest | 0x80);
    octets[n++] = (char)rest;
    buffer_add(out, octets, n);
}

/* Returns: 0, -1 where there is no number. */
static int take_number(struct slice *octets, int64_t *out)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < NUMBER_BYTES && i < octets->len; i++) {
        unsigned char octet = (unsigned char)octets->ptr[i];

        number |= (uint64_t)(octet & 0x7f) << (7 * i);
        if (octet & 0x80)
            continue;
        *octets = slice_skip(*octets, i + 1);
        *out = (int64_t)(number >> 1) ^ -(int64_t)(number & 1);
        return 0;
    }
    return -1;
}

static void write_sum(struct buffer *out, const struct rollup_delta *delta)
{
    put_number(out, delta->key.kind);
    put_number(out, delta->key.domain_id);
    put_number(out, delta->key.block);
    put_number(out, delta->key.label_id);
    put_number(out, delta->row.reports);
    put_number(out, delta->row.sessions);
    put_number(out, delta->row.failures);
    put_number(out, delta->row.failed_reports);
    put_number(out, delta->row.failed_sessions);
}

/* Returns: 0, -1 where there is no sum. */
static int read_sum(struct slice *octets, struct rollup_delta *out)
{
    struct rollup_delta delta = { .less_from = INT64_MAX,
                                  .less_to = INT64_MIN };
    int64_t *const members[] = {
        &delta.key.kind,
        &delta.key.domain_id,
        &delta.key.block,
        &delta.key.label_id,
        &delta.row.reports,
        &delta.row.sessions,
        &delta.row.failures,
        &delta.row.failed_reports,
        &delta.row.failed_sessions,
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (take_number(octets, members[i]))
            return -1;
    }
    delta.row.label_id = delta.key.label_id;
    delta.row.last_day = delta.key.block;
    delta.row.first_day =
        delta.key.block == UTC_DAY_NONE ? INT32_MAX : delta.key.block;
    *out = delta;
    return 0;
}

/* ---- Reading on ---------------------------------------------------------- */

static bool is_whole(struct slice octets)
{
    struct rollup_delta delta;

    while (octets.len) {
        if (read_sum(&octets, &delta))
            return false;
    }
    return true;
}

static int join_row(struct store *store, struct slice octets, struct err *err)
{
    struct rollup_delta delta;

    store->tail.bytes += octets.len;
    store->tail.is_ordered = false;
    if (!is_whole(octets)) {
        store->tail.n_damaged++;
        return 0;
    }
    while (octets.len) {
        (void)read_sum(&octets, &delta);
        if (rollup_join_delta(&store->tail.sums, &delta))
            return err_memory(err);
    }
    return 0;
}

/* Reads the rows behind the last one that is known. */
static int read_on(struct store *store, struct err *err)
{
    sqlite3_stmt *each = sql_use(store, STATEMENT_TAIL_EACH,
                                 "SELECT id, octets FROM tail WHERE id > ?1"
                                 " ORDER BY id",
                                 err);
    struct tail *tail = &store->tail;
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, tail->last_id);
    while ((status = sql_step(store, each, err)) > 0) {
        struct slice octets = slice_make(sqlite3_column_blob(each, 1),
                                         (size_t)sqlite3_column_bytes(each, 1));

        if (join_row(store, octets, err)) {
            sqlite3_reset(each);
            return -1;
        }
        tail->last_id = sqlite3_column_int64(each, 0);
        if (!tail->first_id)
            tail->first_id = tail->last_id;
    }
    return status;
}

int tail_sync(struct store *store, struct err *err)
{
    struct tail *tail = &store->tail;
    sqlite3_stmt *ends;
    int64_t first, last;

    /* Only stores of reports have sums, and a tail. */
    if (tail->is_current || store->kind->migrations != schema_migrations)
        return 0;
    ends = sql_use(store, STATEMENT_TAIL_ENDS,
                   "SELECT coalesce((SELECT min(id) FROM tail), 0),"
                   " coalesce((SELECT max(id) FROM tail), 0)",
                   err);
    if (!ends || sql_step(store, ends, err) <= 0)
        return -1;
    first = sqlite3_column_int64(ends, 0);
    last = sqlite3_column_int64(ends, 1);
    sqlite3_reset(ends);
    /* Numbers never come again: one that begins as ours did goes on as it. */
    if (first != tail->first_id)
        tail_forget(store);
    if (last != tail->last_id && read_on(store, err)) {
        tail_forget(store);
        return -1;
    }
    tail->is_current = !sqlite3_get_autocommit(store->db);
    return 0;
}

/* ---- Writing ------------------------------------------------------------- */

bool tail_is_full(const struct store *store)
{
    const struct rollup *batch = &store->rollup;
    const struct tail *tail = &store->tail;

    return batch->has_less ||
           tail->sums.n_deltas + batch->n_deltas > STORE_TAIL_SUMS ||
           tail->bytes > STORE_TAIL_BYTES;
}

/* Puts the row of a batch. Numbers are those of changes. */
static int put_row(struct store *store, struct slice octets, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_TAIL_PUT,
                "INSERT INTO tail (id, octets) SELECT value, ?1 FROM setting"
                " WHERE name = 'change'",
                err);

    if (!put)
        return -1;
    sql_bind_octets(put, 1, octets.ptr, octets.len);
    if (sql_run(store, put, err))
        return -1;
    store->tail.put_id = sqlite3_last_insert_rowid(store->db);
    store->tail.bytes += octets.len;
    return 0;
}

int tail_put(struct store *store, struct err *err)
{
    const struct rollup *batch = &store->rollup;
    struct buffer octets;
    int status;

    buffer_init(&octets, batch->n_deltas * 9 * NUMBER_BYTES);
    for (size_t i = 0; i < batch->n_deltas; i++)
        write_sum(&octets, &batch->deltas[i]);
    status = octets.failed ? err_memory(err)
                           : put_row(store, buffer_slice(&octets), err);
    buffer_deinit(&octets);
    return status;
}

void tail_keep(struct store *store)
{
    struct tail *tail = &store->tail;

    if (!tail->put_id)
        return;
    /* What cannot be kept in mind is read again. */
    if (rollup_join_all(&tail->sums, &store->rollup)) {
        tail_forget(store);
    } else {
        tail->last_id = tail->put_id;
        if (!tail->first_id)
            tail->first_id = tail->put_id;
        tail->is_ordered = false;
        tail->put_id = 0;
    }
    rollup_clear(&store->rollup);
}

int tail_take(struct store *store, struct err *err)
{
    sqlite3_stmt *drop;

    if (!store->tail.last_id)
        return 0;
    if (rollup_join_all(&store->rollup, &store->tail.sums))
        return err_memory(err);
    if (store->tail.n_damaged &&
        mend_note_lost(store, store->tail.n_damaged, err))
        return -1;
    drop = sql_use(store, STATEMENT_TAIL_DROP, "DELETE FROM tail", err);
    if (!drop || sql_run(store, drop, err))
        return -1;
    tail_forget(store);
    return 0;
}

/* ---- Asking -------------------------------------------------------------- */

int tail_begin(struct store *store, bool *out_began, struct err *err)
{
    sqlite3_stmt *begin;

    *out_began = false;
    if (!sqlite3_get_autocommit(store->db))
        return tail_sync(store, err);
    begin = sql_use(store, STATEMENT_HOLD, "BEGIN", err);
    if (!begin || sql_run(store, begin, err))
        return -1;
    *out_began = true;
    if (tail_sync(store, err) == 0)
        return 0;
    tail_end(store, true);
    return -1;
}

void tail_end(struct store *store, bool began)
{
    sqlite3_stmt *end;

    if (!began)
        return;
    store->tail.is_current = false;
    end = sql_use(store, STATEMENT_RELEASE, "COMMIT", NULL);
    if (!end || sql_run(store, end, NULL))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

static int compare(const void *a, const void *b)
{
    const struct rollup_delta *const *left = a;
    const struct rollup_delta *const *right = b;

    return rollup_compare(*left, *right);
}

static int order(struct tail *tail)
{
    const size_t n = tail->sums.n_deltas;

    if (tail->order_capacity < n) {
        const struct rollup_delta **larger =
            reallocarray(tail->order, tail->sums.capacity, sizeof(*larger));

        if (!larger)
            return -1;
        tail->order = larger;
        tail->order_capacity = tail->sums.capacity;
    }
    for (size_t i = 0; i < n; i++)
        tail->order[i] = &tail->sums.deltas[i];
    if (n)
        qsort(tail->order, n, sizeof(const struct rollup_delta *), compare);
    tail->is_ordered = true;
    return 0;
}

/* The first sum that is not before a key. */
static size_t place_of(const struct tail *tail, struct rollup_key key)
{
    const struct rollup_delta wanted = { .key = key };
    size_t from = 0, to = tail->sums.n_deltas;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (rollup_compare(tail->order[middle], &wanted) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

int tail_find(struct store *store, int64_t kind, int64_t domain_id,
              int64_t from, int64_t to, struct tail_part *out_part,
              struct err *err)
{
    struct tail *tail = &store->tail;
    size_t begin, end;

    *out_part = (struct tail_part){ NULL, 0 };
    if (tail->sums.n_deltas == 0 || from > to)
        return 0;
    if (!tail->is_ordered && order(tail))
        return err_memory(err);
    begin = place_of(
        tail, (struct rollup_key){ kind, domain_id, 0, from, INT64_MIN });
    end = place_of(
        tail, (struct rollup_key){ kind, domain_id, 0, to + 1, INT64_MIN });
    *out_part = (struct tail_part){ tail->order + begin, end - begin };
    return 0;
}
