/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tail.h"

#include <stdlib.h>

#include "crypt/digest.h"
#include "store/facts_octets.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/mend.h"
#include "store/numbers.h"
#include "store/schema.h"
#include "store/sql.h"

/* Facts of one row of the tail: a batch with more goes into the trees. */
#define FACTS_BYTES ((size_t)64 << 20)

void tail_init(struct tail *tail)
{
    *tail = (struct tail){ 0 };
    buffer_init(&tail->new_facts, FACTS_BYTES);
    rollup_init(&tail->sums);
}

void tail_deinit(struct tail *tail)
{
    lines_deinit(&tail->lines);
    lines_deinit(&tail->new_lines);
    buffer_deinit(&tail->new_facts);
    rollup_deinit(&tail->sums);
    free(tail->order);
    tail_init(tail);
}

void tail_forget(struct store *store)
{
    struct tail *tail = &store->tail;

    rollup_clear(&tail->sums);
    tail->lines.n = 0;
    tail->is_ordered = tail->is_current = false;
    tail->first_id = tail->last_id = tail->put_id = 0;
    tail->bytes = tail->facts_bytes = 0;
    tail->n_damaged = 0;
}

/* ---- Octets -------------------------------------------------------------- */

static void write_sum(struct buffer *out, const struct rollup_delta *delta)
{
    numbers_put(out, delta->key.kind);
    numbers_put(out, delta->key.domain_id);
    numbers_put(out, delta->key.block);
    numbers_put(out, delta->key.label_id);
    numbers_put(out, delta->row.reports);
    numbers_put(out, delta->row.sessions);
    numbers_put(out, delta->row.failures);
    numbers_put(out, delta->row.failed_reports);
    numbers_put(out, delta->row.failed_sessions);
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
        if (numbers_take(octets, members[i]))
            return -1;
    }
    delta.row.label_id = delta.key.label_id;
    delta.row.last_day = delta.key.block;
    delta.row.first_day =
        delta.key.block == UTC_DAY_NONE ? INT32_MAX : delta.key.block;
    *out = delta;
    return 0;
}

/* The first octets of a SHA-256, and no base/checksum.h as in tallies: rows are
 * written with it, and over the facts of a large batch it takes half the time.
 * Returns: 0, -1 with err. */
static int sum_row(struct slice sums, struct slice facts, int64_t *out_sum,
                   struct err *err)
{
    const uint64_t bytes = sums.len; /* where one ends and the other begins */
    unsigned char hash[DIGEST_BYTES];
    struct digest *digest = digest_new();

    if (!digest)
        return err_memory(err);
    digest_add(digest, slice_make(&bytes, sizeof(bytes)));
    digest_add(digest, sums);
    digest_add(digest, facts);
    digest_finish(digest, hash);
    digest_free(digest);
    memcpy(out_sum, hash, sizeof(*out_sum));
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

static int join_sums(struct store *store, struct slice octets, struct err *err)
{
    struct rollup_delta delta;

    store->tail.bytes += octets.len;
    store->tail.is_ordered = false;
    while (octets.len) {
        (void)read_sum(&octets, &delta);
        if (rollup_join_delta(&store->tail.sums, &delta))
            return err_memory(err);
    }
    return 0;
}

/* Takes the facts of one report off, and adds its lines. Returns: 0, 1 where they
 * are damaged, -1 when out of memory. */
static int take_report(struct slice *octets, struct arena *arena,
                       struct lines *lines)
{
    int64_t report_id, standing, bytes;
    struct facts facts;
    int status;

    if (numbers_take(octets, &report_id) || numbers_take(octets, &standing) ||
        numbers_take(octets, &bytes) || bytes < 0 ||
        (uint64_t)bytes > octets->len || report_id <= 0 || standing < 0 ||
        standing >= STORE_STANDING_COUNT)
        return 1;
    arena_reset(arena);
    status = facts_octets_read(slice_make(octets->ptr, (size_t)bytes), arena,
                               &facts);
    *octets = slice_skip(*octets, (size_t)bytes);
    return status ? status : lines_add(lines, &facts, report_id, standing);
}

static int take_facts(struct slice octets, struct lines *lines)
{
    struct arena arena;
    int status = 0;

    arena_init(&arena, STORE_SCRATCH_BYTES);
    while (octets.len && status == 0)
        status = take_report(&octets, &arena, lines);
    arena_deinit(&arena);
    return status;
}

/* Tells whether a row is as it was written, as far as it says.
 * Returns: 0, 1 where it is not, -1 with err. */
static int check_row(sqlite3_stmt *row, struct err *err)
{
    int64_t sum = 0;

    if (sqlite3_column_type(row, 3) == SQLITE_NULL)
        return 0;
    if (sum_row(sql_slice(row, 1), sql_slice(row, 2), &sum, err))
        return -1;
    return sum != sqlite3_column_int64(row, 3);
}

/* Joins what a row says, all of it or nothing. */
static int join_row(struct store *store, sqlite3_stmt *row, struct err *err)
{
    const struct slice sums = sql_slice(row, 1);
    struct lines lines = { 0 };
    int status = check_row(row, err);

    if (status < 0)
        return -1;
    if (status == 0)
        status = is_whole(sums) ? take_facts(sql_slice(row, 2), &lines) : 1;

    store->tail.facts_bytes += sql_slice(row, 2).len;
    if (status > 0)
        store->tail.n_damaged++;
    else if (status < 0 || lines_join(&store->tail.lines, &lines))
        status = err_memory(err);
    else
        status = join_sums(store, sums, err);
    lines_deinit(&lines);
    return status < 0 ? -1 : 0;
}

/* Reads the rows behind the last one that is known. */
static int read_on(struct store *store, struct err *err)
{
    sqlite3_stmt *each =
        sql_use(store, STATEMENT_TAIL_EACH,
                "SELECT id, octets, facts, checksum FROM tail WHERE id > ?1"
                " ORDER BY id",
                err);
    struct tail *tail = &store->tail;
    int status;

    if (!each)
        return -1;
    sql_bind_integers(each, tail->last_id);
    while ((status = sql_step(store, each, err)) > 0) {
        if (join_row(store, each, err)) {
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

int tail_add(struct store *store, const struct facts *facts,
             struct slice octets, int64_t report_id, int64_t standing,
             struct err *err)
{
    struct tail *tail = &store->tail;

    if (lines_add(&tail->new_lines, facts, report_id, standing))
        return err_memory(err);
    /* What goes into the trees with this commit needs no octets. */
    if (tail->new_lines.n > STORE_TAIL_LINES)
        return 0;
    numbers_put(&tail->new_facts, report_id);
    numbers_put(&tail->new_facts, standing);
    numbers_put(&tail->new_facts, (int64_t)octets.len);
    buffer_add(&tail->new_facts, octets.ptr, octets.len);
    return 0;
}

void tail_drop_new(struct store *store)
{
    store->tail.new_lines.n = 0;
    buffer_reset(&store->tail.new_facts);
}

bool tail_has_new(const struct store *store)
{
    return store->rollup.n_deltas > 0 || store->tail.new_lines.n > 0;
}

bool tail_is_full(const struct store *store)
{
    const struct rollup *batch = &store->rollup;
    const struct tail *tail = &store->tail;

    return batch->has_less || tail->was_taken || tail->new_facts.failed ||
           tail->lines.n + tail->new_lines.n > STORE_TAIL_LINES ||
           tail->sums.n_deltas + batch->n_deltas > STORE_TAIL_SUMS ||
           tail->bytes > STORE_TAIL_BYTES ||
           tail->facts_bytes + tail->new_facts.len > STORE_TAIL_FACTS;
}

/* Puts the row of a batch. Numbers are those of changes. */
static int put_row(struct store *store, struct slice octets, struct err *err)
{
    sqlite3_stmt *put =
        sql_use(store, STATEMENT_TAIL_PUT,
                "INSERT INTO tail (id, octets, facts, checksum)"
                " SELECT value, ?1, ?2, ?3 FROM setting WHERE name = 'change'",
                err);
    int64_t sum = 0;

    if (!put ||
        sum_row(octets, buffer_slice(&store->tail.new_facts), &sum, err))
        return -1;
    sql_bind_integer(put, 3, sum);
    sql_bind_octets(put, 1, octets.ptr, octets.len);
    sql_bind_octets(put, 2, store->tail.new_facts.ptr,
                    store->tail.new_facts.len);
    if (sql_run(store, put, err))
        return -1;
    store->tail.put_id = sqlite3_last_insert_rowid(store->db);
    store->tail.bytes += octets.len;
    store->tail.facts_bytes += store->tail.new_facts.len;
    return 0;
}

int tail_put(struct store *store, struct err *err)
{
    const struct rollup *batch = &store->rollup;
    struct buffer octets;
    int status;

    buffer_init(&octets, batch->n_deltas * 9 * NUMBERS_BYTES + 1);
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
    if (rollup_join_all(&tail->sums, &store->rollup) ||
        lines_join(&tail->lines, &tail->new_lines)) {
        tail_forget(store);
    } else {
        tail->last_id = tail->put_id;
        if (!tail->first_id)
            tail->first_id = tail->put_id;
        tail->is_ordered = false;
        tail->put_id = 0;
    }
    rollup_clear(&store->rollup);
    tail_drop_new(store);
}

static int write_lines(struct store *store, struct err *err)
{
    struct tail *tail = &store->tail;
    size_t n_met = 0;

    if (lines_join(&tail->new_lines, &tail->lines))
        return err_memory(err);
    if (tail->new_lines.n &&
        lines_write_over(store, &tail->new_lines, &n_met, err))
        return -1;
    /* What stood there already is of no report that came now. */
    if (n_met && mend_note_lost(store, 1, err))
        return -1;
    tail_drop_new(store);
    return 0;
}

int tail_take(struct store *store, struct err *err)
{
    sqlite3_stmt *drop;

    if (write_lines(store, err))
        return -1;
    store->tail.was_taken = true;
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
