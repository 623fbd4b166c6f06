/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/walk.h"

#include <stdlib.h>

#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

struct walk_window walk_window_of(int64_t standing, int64_t domain_id,
                                  int64_t label_id, struct store_range range)
{
    return (struct walk_window){ .standing = standing,
                                 .domain_id = domain_id,
                                 .label_id = label_id,
                                 .from_day = range_of(range).from,
                                 .before = cursor_first(range) };
}

/* ---- In the tail --------------------------------------------------------- */

static bool is_within(const struct walk_window *window, const struct line *line)
{
    return line->standing == window->standing &&
           line->domain_id == window->domain_id &&
           line->label_id == window->label_id &&
           line->day >= window->from_day &&
           (line->day < window->before.day ||
            (line->day == window->before.day &&
             line->report_id < window->before.id)) &&
           (window->organization_id == 0 ||
            line->organization_id == window->organization_id) &&
           line->failures >= window->min_failures;
}

/* Tells whether a line comes before another in a falling walk. */
static int compare(const struct line *a, const struct line *b)
{
    if (a->day != b->day)
        return a->day > b->day ? -1 : 1;
    return (a->report_id < b->report_id) - (a->report_id > b->report_id);
}

static int compare_lines(const void *a, const void *b)
{
    return compare(a, b);
}

static int find_in_tail(struct walk *walk, const struct walk_window *window,
                        struct err *err)
{
    const struct lines *all = &walk->store->tail.lines;

    for (size_t i = 0; i < all->n; i++) {
        struct lines one = { .items = &all->items[i], .n = 1 };

        if (is_within(window, &all->items[i]) && lines_join(&walk->tail, &one))
            return err_memory(err);
    }
    if (walk->tail.n)
        qsort(walk->tail.items, walk->tail.n, sizeof(*walk->tail.items),
              compare_lines);
    return 0;
}

/* ---- In the table -------------------------------------------------------- */

static int step(struct walk *walk, struct err *err)
{
    sqlite3_stmt *table = walk->table;
    int status = sql_step(walk->store, table, err);

    if (status < 0)
        return -1;
    walk->is_over = status == 0;
    walk->has_line = status > 0;
    if (status > 0)
        walk->line = (struct line){
            .day = sqlite3_column_int64(table, 0),
            .report_id = sqlite3_column_int64(table, 1),
            .organization_id = sqlite3_column_int64(table, 2),
            .sessions = sqlite3_column_int64(table, 3),
            .failures = sqlite3_column_int64(table, 4),
        };
    return 0;
}

static int start(struct walk *walk, const struct walk_window *window,
                 struct err *err)
{
    walk->table =
        sql_use(walk->store, STATEMENT_LINE_WALK,
                "SELECT day, report_id, organization_id, sessions, failures"
                " FROM line WHERE standing = ?1 AND domain_id = ?2"
                " AND label_id = ?3 AND day >= ?4"
                " AND (day, report_id) < (?5, ?6)"
                " AND (?7 = 0 OR organization_id = ?7) AND failures >= ?8"
                " ORDER BY day DESC, report_id DESC",
                err);
    if (!walk->table)
        return -1;
    sql_bind_integers(walk->table, window->standing, window->domain_id,
                      window->label_id, window->from_day, window->before.day,
                      window->before.id, window->organization_id,
                      window->min_failures);
    return find_in_tail(walk, window, err);
}

/* ---- Both ---------------------------------------------------------------- */

int walk_begin(struct store *store, const struct walk_window *window,
               struct walk *out_walk, struct err *err)
{
    *out_walk = (struct walk){ .store = store };
    if (tail_begin(store, &out_walk->began, err))
        return -1;
    if (start(out_walk, window, err) == 0)
        return 0;
    walk_end(out_walk);
    return -1;
}

int walk_next(struct walk *walk, struct line *out_line, struct err *err)
{
    if (!walk->has_line && !walk->is_over && step(walk, err))
        return -1;
    if (walk->next < walk->tail.n &&
        (!walk->has_line ||
         compare(&walk->tail.items[walk->next], &walk->line) < 0)) {
        *out_line = walk->tail.items[walk->next++];
        return 1;
    }
    if (!walk->has_line)
        return 0;
    *out_line = walk->line;
    walk->has_line = false;
    return 1;
}

void walk_end(struct walk *walk)
{
    if (walk->table)
        sqlite3_reset(walk->table);
    lines_deinit(&walk->tail);
    tail_end(walk->store, walk->began);
}

int walk_each(struct store *store, const struct walk_window *window,
              walk_function *function, void *context, struct err *err)
{
    struct walk walk;
    struct line line;
    int status;

    if (walk_begin(store, window, &walk, err))
        return -1;
    while ((status = walk_next(&walk, &line, err)) > 0) {
        status = function(context, &line, err);
        if (status)
            break;
    }
    walk_end(&walk);
    return status;
}
