/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

_Static_assert(STORE_BLOCK_DAYS == 1 << ROLLUP_SHIFT,
               "a block is one of the roll-ups' first level");

/* Whose days are read and where they go. */
struct reading {
    struct store *store;
    int64_t domain_id;
    store_day_function *function;
    void *context;
    struct err *err;
};

/* Called for each sum of a day or block. */
typedef int sum_function(struct reading *reading, const struct store_day *day,
                         void *state);

/* A walk along the sums of one level. */
struct walk {
    struct reading *reading;
    int64_t shift; /* of a day to its block */
    struct tail_part tail;
    size_t next; /* of the tail */
    sum_function *function;
    void *state;
};

/* Adds what the tail has of the block that is next in it. */
static void add_tail(struct walk *walk, struct store_day *day)
{
    for (; walk->next < walk->tail.n; walk->next++) {
        const struct rollup_delta *delta = walk->tail.items[walk->next];

        if (delta->key.block >> walk->shift != day->day)
            return;
        day->sums.reports += delta->row.reports;
        day->sums.sessions =
            rollup_told(day->sums.sessions + delta->row.sessions);
        day->sums.failures =
            rollup_told(day->sums.failures + delta->row.failures);
    }
}

/* Gives the blocks before one that are in the tail alone. */
static int give_tail(struct walk *walk, int64_t before)
{
    while (walk->next < walk->tail.n) {
        int64_t block = walk->tail.items[walk->next]->key.block >> walk->shift;
        struct store_day day = { .day = (int32_t)block };
        int status;

        if (block >= before)
            break;
        add_tail(walk, &day);
        status = walk->function(walk->reading, &day, walk->state);
        if (status)
            return status;
    }
    return 0;
}

static int walk_rows(struct walk *walk, sqlite3_stmt *days)
{
    struct reading *reading = walk->reading;
    int status;

    while ((status = sql_step(reading->store, days, reading->err)) > 0) {
        struct store_day day = {
            .day = (int32_t)sqlite3_column_int64(days, 0),
            .sums = { sqlite3_column_int64(days, 1),
                      rollup_told(sqlite3_column_int64(days, 2)),
                      rollup_told(sqlite3_column_int64(days, 3)) },
        };

        status = give_tail(walk, day.day);
        if (status)
            break;
        add_tail(walk, &day);
        status = walk->function(reading, &day, walk->state);
        if (status)
            break;
    }
    sqlite3_reset(days);
    return status ? status : give_tail(walk, INT64_MAX);
}

/* Walks the sums of one level in order; .day of each is the block's number. */
static int walk(struct reading *reading, int64_t level, int64_t from,
                int64_t to, sum_function *function, void *state)
{
    struct walk walk = { .reading = reading,
                         .shift = ROLLUP_SHIFT * level,
                         .function = function,
                         .state = state };
    sqlite3_stmt *days =
        sql_use(reading->store, STATEMENT_DAYS,
                "SELECT block, reports, sessions, failures"
                " FROM rollup WHERE kind = 1 AND domain_id = ?1 AND level = ?2"
                " AND block BETWEEN ?3 AND ?4 ORDER BY block",
                reading->err);
    bool began;
    int status;

    if (!days || tail_begin(reading->store, &began, reading->err))
        return -1;
    sql_bind_integers(days, reading->domain_id, level, from, to);
    status = tail_find(reading->store, DICTIONARY_DOMAIN, reading->domain_id,
                       from * (INT64_C(1) << walk.shift),
                       (to + 1) * (INT64_C(1) << walk.shift) - 1, &walk.tail,
                       reading->err);
    if (status == 0)
        status = walk_rows(&walk, days);
    tail_end(reading->store, began);
    return status;
}

static int give(struct reading *reading, const struct store_day *day,
                void *state)
{
    (void)state;
    return reading->function(reading->context, day, reading->err);
}

/* ---- Blocks -------------------------------------------------------------- */

static int add_day(struct reading *reading, const struct store_day *day,
                   void *state)
{
    struct rollup_row *sum = state;
    struct rollup_row row = { .reports = day->sums.reports,
                              .sessions = day->sums.sessions,
                              .failures = day->sums.failures };

    return rollup_join(sum, &row, reading->err);
}

/* Gives the days of a block that the range cuts as that block. */
static int read_cut_block(struct reading *reading, int64_t from, int64_t to)
{
    struct rollup_row sum = { 0 };
    struct store_day day;
    int status = 0;

    if (from <= to)
        status = walk(reading, 0, from, to, add_day, &sum);
    if (status || sum.reports == 0)
        return status;
    day = (struct store_day){ (int32_t)from,
                              { sum.reports, sum.sessions, sum.failures } };
    return give(reading, &day, NULL);
}

static int give_block(struct reading *reading, const struct store_day *block,
                      void *state)
{
    struct store_day day = { block->day * STORE_BLOCK_DAYS, block->sums };

    return give(reading, &day, state);
}

static int read_blocks(struct reading *reading, struct range range)
{
    int64_t first_whole = (range.from + STORE_BLOCK_DAYS - 1) >> ROLLUP_SHIFT;
    int64_t end_whole = (range.to + 1) >> ROLLUP_SHIFT;
    int64_t cut_to = first_whole * STORE_BLOCK_DAYS - 1;
    int status;

    status = read_cut_block(reading, range.from,
                            cut_to < range.to ? cut_to : range.to);
    if (status == 0 && first_whole < end_whole)
        status = walk(reading, 1, first_whole, end_whole - 1, give_block, NULL);
    if (status == 0 && first_whole <= end_whole)
        status =
            read_cut_block(reading, end_whole * STORE_BLOCK_DAYS, range.to);
    return status;
}

int store_each_day(struct store *store, const char *domain,
                   struct store_range range, int block_days,
                   store_day_function *function, void *context, struct err *err)
{
    struct reading reading = {
        .store = store, .function = function, .context = context, .err = err
    };
    struct range days = range_of(range);
    int status = dictionary_ask_domain(store, domain, &reading.domain_id, err);

    /* Reports without a day are in no timeline. */
    if (days.from == UTC_DAY_NONE)
        days.from++;
    if (status)
        return status < 0 ? -1 : 0;
    return block_days == 1 ? walk(&reading, 0, days.from, days.to, give, NULL)
                           : read_blocks(&reading, days);
}
