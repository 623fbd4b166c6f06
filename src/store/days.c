/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/gather.h"
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
    int64_t kind;     /* of sums */
    int64_t label_id; /* of the sum at hand; of ROLLUP_DOMAINS the domain */
    struct range range;
    store_day_function *function;
    void *context;
    struct err *err;
};

/* Called for each sum of a day or block. */
typedef int sum_function(struct reading *reading, const struct store_day *day,
                         void *state);

/* Walks the sums of one level in order; .day of each is the block's number. */
static int walk(struct reading *reading, int64_t level, int64_t from,
                int64_t to, sum_function *function, void *state)
{
    sqlite3_stmt *days =
        sql_use(reading->store, STATEMENT_DAYS,
                "SELECT block, reports, sessions, failures, label_id"
                " FROM rollup WHERE kind = ?5 AND domain_id = ?1 AND level = ?2"
                " AND block BETWEEN ?3 AND ?4 ORDER BY block",
                reading->err);
    int status;

    if (!days)
        return -1;
    sql_bind_integers(days, reading->domain_id, level, from, to, reading->kind);
    while ((status = sql_step(reading->store, days, reading->err)) > 0) {
        struct store_day day = {
            .day = (int32_t)sqlite3_column_int64(days, 0),
            .sums = { sqlite3_column_int64(days, 1),
                      sqlite3_column_int64(days, 2),
                      sqlite3_column_int64(days, 3) },
        };

        reading->label_id = sqlite3_column_int64(days, 4);
        status = function(reading, &day, state);
        if (status)
            break;
    }
    sqlite3_reset(days);
    return status;
}

static int give(struct reading *reading, const struct store_day *day,
                void *state)
{
    (void)state;
    if (reading->kind == ROLLUP_DOMAINS &&
        dictionary_text(reading->store, reading->label_id, &reading->domain,
                        reading->err))
        return -1;
    return reading->function(reading->context, reading->domain, day,
                             reading->err);
}

/* ---- Blocks -------------------------------------------------------------- */

/* The days of a block that the range cuts, added up for each domain. */
static int gather_day(struct reading *reading, const struct store_day *day,
                      void *state)
{
    struct rollup_row row = { .label_id = reading->label_id,
                              .reports = day->sums.reports,
                              .sessions = day->sums.sessions,
                              .failures = day->sums.failures };

    return gather_add(state, &row, reading->err);
}

/* Gives days within one block as that block. */
static int read_cut_block(struct reading *reading, int64_t from, int64_t to)
{
    struct gather gather;
    int status = 0;

    gather_init(&gather);
    if (from <= to)
        status = walk(reading, 0, from, to, gather_day, &gather);
    for (size_t i = 0; status == 0 && i < gather.n_rows; i++) {
        const struct rollup_row *row = &gather.rows[i];
        struct store_day day = {
            (int32_t)from, { row->reports, row->sessions, row->failures }
        };

        reading->label_id = row->label_id;
        status = give(reading, &day, NULL);
    }
    gather_deinit(&gather);
    return status;
}

static int give_block(struct reading *reading, const struct store_day *block,
                      void *state)
{
    struct store_day day = { block->day * STORE_BLOCK_DAYS, block->sums };

    return give(reading, &day, state);
}

static int read_blocks(struct reading *reading)
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

/* Days of all domains come from one statement, which goes from domain to domain
 * inside the database. */
static int each_domain_day(struct reading *reading)
{
    sqlite3_stmt *days =
        sql_use(reading->store, STATEMENT_DOMAIN_DAYS,
                "SELECT block, reports, sessions, failures, text"
                " FROM name CROSS JOIN rollup WHERE name.kind = 1"
                " AND rollup.kind = 1 AND domain_id = name.id AND level = 0"
                " AND block BETWEEN ?1 AND ?2 ORDER BY text, block",
                reading->err);
    int status;

    if (!days)
        return -1;
    sql_bind_integers(days, reading->range.from, reading->range.to);
    while ((status = sql_step(reading->store, days, reading->err)) > 0) {
        struct store_day day = {
            .day = (int32_t)sqlite3_column_int64(days, 0),
            .sums = { sqlite3_column_int64(days, 1),
                      sqlite3_column_int64(days, 2),
                      sqlite3_column_int64(days, 3) },
        };

        status = reading->function(reading->context, sql_text(days, 4), &day,
                                   reading->err);
        if (status)
            break;
    }
    sqlite3_reset(days);
    return status;
}

/* Readies a reading. Returns: 0, 1 where the domain was never met, -1. */
static int start(struct reading *reading)
{
    /* Reports without a day are in no timeline. */
    if (reading->range.from == UTC_DAY_NONE)
        reading->range.from++;
    reading->kind = DICTIONARY_DOMAIN;
    reading->domain_id = DICTIONARY_ALL;
    if (store_ready(reading->store, reading->err))
        return -1;
    if (!reading->domain)
        return 0;
    if (strcmp(reading->domain, "*") == 0) {
        reading->kind = ROLLUP_DOMAINS;
        return 0;
    }
    return dictionary_find(reading->store, DICTIONARY_DOMAIN, reading->domain,
                           &reading->domain_id, reading->err);
}

int store_each_day(struct store *store, const char *domain,
                   struct store_range range, store_day_function *function,
                   void *context, struct err *err)
{
    struct reading reading = { .store = store,
                               .domain = domain,
                               .range = range_of(range),
                               .function = function,
                               .context = context,
                               .err = err };
    int status = start(&reading);

    if (status)
        return status < 0 ? -1 : 0;
    if (reading.kind == ROLLUP_DOMAINS)
        return each_domain_day(&reading);
    return walk(&reading, 0, reading.range.from, reading.range.to, give, NULL);
}

int store_each_block(struct store *store, const char *domain,
                     struct store_range range, store_day_function *function,
                     void *context, struct err *err)
{
    struct reading reading = { .store = store,
                               .domain = domain,
                               .range = range_of(range),
                               .function = function,
                               .context = context,
                               .err = err };
    int status = start(&reading);

    if (status)
        return status < 0 ? -1 : 0;
    return read_blocks(&reading);
}
