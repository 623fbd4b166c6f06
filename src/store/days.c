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
    const char *domain; /* as it is given out */
    int64_t domain_id;
    struct range range;
    store_day_function *function;
    void *context;
    struct err *err;
};

typedef int reading_function(const struct reading *reading);

/* Called for each sum of a day or block. */
typedef int sum_function(const struct reading *reading,
                         const struct store_day *day, void *state);

/* Walks the sums of one level in order; .day of each is the block's number. */
static int walk(const struct reading *reading, int64_t level, int64_t from,
                int64_t to, sum_function *function, void *state)
{
    sqlite3_stmt *days =
        sql_use(reading->store, STATEMENT_DAYS,
                "SELECT block, reports, sessions, failures FROM rollup"
                " WHERE kind = 1 AND domain_id = ?1 AND level = ?2"
                " AND block BETWEEN ?3 AND ?4 ORDER BY block",
                reading->err);
    int status;

    if (!days)
        return -1;
    sql_bind_integers(days, reading->domain_id, level, from, to);
    while ((status = sql_step(reading->store, days, reading->err)) > 0) {
        struct store_day day = {
            .day = (int32_t)sqlite3_column_int64(days, 0),
            .sums = { sqlite3_column_int64(days, 1),
                      sqlite3_column_int64(days, 2),
                      sqlite3_column_int64(days, 3) },
        };

        status = function(reading, &day, state);
        if (status)
            break;
    }
    sqlite3_reset(days);
    return status;
}

static int give(const struct reading *reading, const struct store_day *day,
                void *state)
{
    (void)state;
    return reading->function(reading->context, reading->domain, day,
                             reading->err);
}

static int read_days(const struct reading *reading)
{
    return walk(reading, 0, reading->range.from, reading->range.to, give, NULL);
}

/* ---- Blocks -------------------------------------------------------------- */

/* The days of a block that the range cuts, added up. */
static int add_day(const struct reading *reading, const struct store_day *day,
                   void *state)
{
    struct store_sums *sum = state;

    (void)reading;
    sum->reports += day->sums.reports;
    sum->sessions += day->sums.sessions;
    sum->failures += day->sums.failures;
    return 0;
}

/* Gives days within one block as that block, if there are any. */
static int read_cut_block(const struct reading *reading, int64_t from,
                          int64_t to)
{
    struct store_day day = { .day = (int32_t)from };
    int status;

    if (from > to)
        return 0;
    status = walk(reading, 0, from, to, add_day, &day.sums);
    if (status || day.sums.reports == 0)
        return status;
    return give(reading, &day, NULL);
}

static int give_block(const struct reading *reading,
                      const struct store_day *block, void *state)
{
    struct store_day day = { block->day * STORE_BLOCK_DAYS, block->sums };

    return give(reading, &day, state);
}

static int read_blocks(const struct reading *reading)
{
    int64_t from = reading->range.from;
    int64_t to = reading->range.to;
    int64_t first_whole = (from + STORE_BLOCK_DAYS - 1) >> ROLLUP_SHIFT;
    int64_t end_whole = (to + 1) >> ROLLUP_SHIFT;
    int64_t cut_to = first_whole * STORE_BLOCK_DAYS - 1;
    int status;

    status = read_cut_block(reading, from, cut_to < to ? cut_to : to);
    if (status == 0 && first_whole < end_whole)
        status = walk(reading, 1, first_whole, end_whole - 1, give_block, NULL);
    if (status == 0 && first_whole <= end_whole)
        status = read_cut_block(reading, end_whole * STORE_BLOCK_DAYS, to);
    return status;
}

/* ---- Domains ------------------------------------------------------------- */

/* Each domain in byte order, which is the order of the names' index. */
static int each_domain(struct reading *reading, reading_function *read)
{
    sqlite3_stmt *names = sql_use(reading->store, STATEMENT_NAME_EACH,
                                  "SELECT id, text FROM name WHERE kind = 1"
                                  " ORDER BY text",
                                  reading->err);
    int status;

    if (!names)
        return -1;
    while ((status = sql_step(reading->store, names, reading->err)) > 0) {
        reading->domain_id = sqlite3_column_int64(names, 0);
        reading->domain = sql_text(names, 1);
        status = read(reading);
        if (status)
            break;
    }
    sqlite3_reset(names);
    return status;
}

static int answer(struct reading *reading, reading_function *read)
{
    int status = store_ready(reading->store, reading->err);

    /* Reports without a day are in no timeline. */
    if (reading->range.from == UTC_DAY_NONE)
        reading->range.from++;
    if (status)
        return -1;
    if (reading->domain && strcmp(reading->domain, "*") == 0)
        return each_domain(reading, read);
    if (reading->domain)
        status =
            dictionary_find(reading->store, DICTIONARY_DOMAIN, reading->domain,
                            &reading->domain_id, reading->err);
    if (status)
        return status < 0 ? -1 : 0;
    return read(reading);
}

int store_each_day(struct store *store, const char *domain,
                   struct store_range range, store_day_function *function,
                   void *context, struct err *err)
{
    struct reading reading = {
        store, domain, DICTIONARY_ALL, range_of(range), function, context, err
    };

    return answer(&reading, read_days);
}

int store_each_block(struct store *store, const char *domain,
                     struct store_range range, store_day_function *function,
                     void *context, struct err *err)
{
    struct reading reading = {
        store, domain, DICTIONARY_ALL, range_of(range), function, context, err
    };

    return answer(&reading, read_blocks);
}
