/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_facts.h"
#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

/* ---- Totals -------------------------------------------------------------- */

struct adding {
    struct store_dmarc_sums *sums;
    int64_t first_day;
    int64_t last_day;
};

static int add_part(void *context, const struct rollup_row *row,
                    struct err *err)
{
    struct adding *adding = context;

    (void)err;
    dmarc_part_add(adding->sums, row->label_id, row->reports, row->sessions);
    if (row->first_day < adding->first_day)
        adding->first_day = row->first_day;
    if (row->last_day > adding->last_day)
        adding->last_day = row->last_day;
    return 0;
}

/* Counts the reports of a standing that is in no sum. */
static int count_aside(struct store *store, int64_t standing, int64_t domain_id,
                       struct store_range range, int64_t *out_count,
                       struct err *err)
{
    sqlite3_stmt *count =
        sql_use(store, STATEMENT_DMARC_ASIDE,
                "SELECT count(*) FROM dmarc WHERE standing = ?1"
                " AND day BETWEEN ?2 AND ?3 AND (?4 = 0 OR domain_id = ?4)",
                err);
    int status;

    if (!count)
        return -1;
    sql_bind_integers(count, standing, range_of(range).from, range_of(range).to,
                      domain_id);
    status = sql_step(store, count, err);
    if (status < 0)
        return -1;
    *out_count = status ? sqlite3_column_int64(count, 0) : 0;
    sqlite3_reset(count);
    return 0;
}

static int fill(struct store *store, int64_t domain_id,
                struct store_range range, struct store_dmarc_totals *totals,
                struct err *err)
{
    struct adding adding = { &totals->sums, INT32_MAX, INT32_MIN };

    if (rollup_each(store, ROLLUP_DMARC, domain_id, range, add_part, &adding,
                    err))
        return -1;
    totals->first_day = range_day(adding.first_day);
    totals->last_day = range_day(adding.last_day);
    for (int i = STORE_COUNTED + 1; i < STORE_STANDING_COUNT; i++) {
        if (count_aside(store, i, domain_id, range, &totals->aside[i], err))
            return -1;
    }
    return 0;
}

int store_dmarc_totals(struct store *store, const char *domain,
                       struct store_range range,
                       struct store_dmarc_totals *out_totals, struct err *err)
{
    struct store_dmarc_totals totals = { .first_day = UTC_DAY_NONE,
                                         .last_day = UTC_DAY_NONE };
    int64_t domain_id;
    int status = dictionary_ask_domain(store, domain, &domain_id, err);

    if (status == 0)
        status = fill(store, domain_id, range, &totals, err);
    if (status < 0)
        return -1;
    *out_totals = totals;
    return 0;
}

/* ---- Days ---------------------------------------------------------------- */

/* Days on their way; `day` is being added up. */
struct reading {
    struct store *store;
    int64_t domain_id;
    int block_days;
    int64_t from; /* first day of the range */
    struct store_dmarc_day day;
    bool has_day;
    store_dmarc_day_function *function;
    void *context;
    struct err *err;
};

static int give(struct reading *reading)
{
    if (!reading->has_day)
        return 0;
    reading->has_day = false;
    return reading->function(reading->context, &reading->day, reading->err);
}

/* The first day in the range of the block that holds a day. */
static int32_t begin_of(const struct reading *reading, int64_t day)
{
    int64_t begin =
        reading->block_days == 1 ? day : day & ~(int64_t)(STORE_BLOCK_DAYS - 1);

    return (int32_t)(begin < reading->from ? reading->from : begin);
}

static int take(struct reading *reading, const int64_t row[static 4])
{
    int32_t day = begin_of(reading, row[0]);
    int status = 0;

    if (!reading->has_day || reading->day.day != day) {
        status = give(reading);
        reading->day = (struct store_dmarc_day){ .day = day };
        reading->has_day = true;
    }
    dmarc_part_add(&reading->day.sums, row[1], row[2], rollup_told(row[3]));
    return status;
}

/* Takes what the tail has up to a day. */
static int take_tail(struct reading *reading, struct tail_part *tail,
                     int64_t to)
{
    for (; tail->n && tail->items[0]->key.block <= to;
         tail->items++, tail->n--) {
        const struct rollup_delta *delta = tail->items[0];
        const int64_t row[] = { delta->key.block, delta->key.label_id,
                                delta->row.reports, delta->row.sessions };
        int status = take(reading, row);

        if (status)
            return status;
    }
    return 0;
}

static int walk_rows(struct reading *reading, sqlite3_stmt *days,
                     struct tail_part *tail)
{
    int status;

    while ((status = sql_step(reading->store, days, reading->err)) > 0) {
        const int64_t row[] = { sqlite3_column_int64(days, 0),
                                sqlite3_column_int64(days, 1),
                                sqlite3_column_int64(days, 2),
                                sqlite3_column_int64(days, 3) };

        status = take_tail(reading, tail, row[0]);
        if (status == 0)
            status = take(reading, row);
        if (status)
            break;
    }
    sqlite3_reset(days);
    if (status == 0)
        status = take_tail(reading, tail, INT64_MAX);
    return status ? status : give(reading);
}

/* Walks the sums of single days. A year of a domain is some thousand rows. */
static int walk(struct reading *reading, int64_t to)
{
    sqlite3_stmt *days =
        sql_use(reading->store, STATEMENT_DMARC_DAYS,
                "SELECT block, label_id, reports, sessions FROM rollup"
                " WHERE kind = ?1 AND domain_id = ?2 AND level = 0"
                " AND block BETWEEN ?3 AND ?4 ORDER BY block, label_id",
                reading->err);
    struct tail_part tail;
    bool began;
    int status;

    if (!days || tail_begin(reading->store, &began, reading->err))
        return -1;
    sql_bind_integers(days, ROLLUP_DMARC, reading->domain_id, reading->from,
                      to);
    status = tail_find(reading->store, ROLLUP_DMARC, reading->domain_id,
                       reading->from, to, &tail, reading->err);
    if (status == 0)
        status = walk_rows(reading, days, &tail);
    tail_end(reading->store, began);
    return status;
}

int store_dmarc_each_day(struct store *store, const char *domain,
                         struct store_range range, int block_days,
                         store_dmarc_day_function *function, void *context,
                         struct err *err)
{
    struct reading reading = { .store = store,
                               .block_days = block_days,
                               .from = range_of(range).from,
                               .function = function,
                               .context = context,
                               .err = err };
    int status = dictionary_ask_domain(store, domain, &reading.domain_id, err);

    /* Reports without a day are in no timeline. */
    if (reading.from == UTC_DAY_NONE)
        reading.from++;
    if (status)
        return status < 0 ? -1 : 0;
    return walk(&reading, range_of(range).to);
}
