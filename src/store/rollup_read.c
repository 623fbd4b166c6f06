/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/handle.h"
#include "store/limits.h"
#include "store/range.h"
#include "store/rollup.h"
#include "store/sql.h"
#include "store/tail.h"

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

/* Gives what the tail has of a range, of all labels or of one. */
static int read_tail(struct store *store, const int64_t names[static 3],
                     bool is_of_label, struct store_range range,
                     rollup_function *function, void *context, struct err *err)
{
    struct tail_part part;
    int status = tail_find(store, names[0], names[1], range_of(range).from,
                           range_of(range).to, &part, err);

    for (size_t i = 0; status == 0 && i < part.n; i++) {
        struct rollup_row row = part.items[i]->row;

        row.label_id = part.items[i]->key.label_id;
        row.sessions = rollup_told(row.sessions);
        row.failures = rollup_told(row.failures);
        row.failed_sessions = rollup_told(row.failed_sessions);
        if (is_of_label && row.label_id != names[2])
            continue;
        status = function(context, &row, err);
    }
    return status;
}

static int read_all(struct store *store, sqlite3_stmt *read,
                    const int64_t names[static 3], bool is_of_label,
                    struct store_range range, rollup_function *function,
                    void *context, struct err *err)
{
    bool began;
    int status;

    if (!read || tail_begin(store, &began, err))
        return -1;
    status = read_runs(store, read, names, range, function, context, err);
    if (status == 0)
        status =
            read_tail(store, names, is_of_label, range, function, context, err);
    tail_end(store, began);
    return status;
}

int rollup_each(struct store *store, int kind, int64_t domain_id,
                struct store_range range, rollup_function *function,
                void *context, struct err *err)
{
    sqlite3_stmt *read =
        sql_use(store, STATEMENT_ROLLUP_READ, "SELECT " COLUMNS WHERE, err);
    const int64_t names[] = { kind, domain_id, 0 };

    return read_all(store, read, names, false, range, function, context, err);
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
    return read_all(store, read, names, true, range, rollup_join, out_sum, err);
}
