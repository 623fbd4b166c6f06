/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/gather.h"
#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

/* Each text of a domain is a list of its own; their labels are all below those
 * of other lists. */
static const char texts_text[] =
    "WITH RECURSIVE text (label_id) AS (SELECT max(label_id) FROM line"
    " WHERE standing = 0 AND domain_id = ?1 AND label_id < -1"
    " UNION ALL SELECT (SELECT max(line.label_id) FROM line WHERE standing = 0"
    " AND domain_id = ?1 AND line.label_id < text.label_id) FROM text"
    " WHERE label_id IS NOT NULL)"
    " SELECT line.label_id, day, sessions, failures FROM text CROSS JOIN line"
    " WHERE standing = 0 AND domain_id = ?1 AND line.label_id = text.label_id"
    " AND day BETWEEN ?2 AND ?3";

static int gather_table(struct store *store, int64_t domain_id,
                        struct range range, struct gather *gather,
                        struct err *err)
{
    sqlite3_stmt *rows = sql_use(store, STATEMENT_POLICIES, texts_text, err);
    int status;

    if (!rows)
        return -1;
    sql_bind_integers(rows, domain_id, range.from, range.to);
    while ((status = sql_step(store, rows, err)) > 0) {
        const struct line line = {
            .day = sqlite3_column_int64(rows, 1),
            .sessions = sqlite3_column_int64(rows, 2),
            .failures = sqlite3_column_int64(rows, 3),
        };
        int64_t text_id = lines_text_of_label(sqlite3_column_int64(rows, 0));

        if (gather_add_line(gather, &line, text_id, err)) {
            sqlite3_reset(rows);
            return -1;
        }
    }
    return status;
}

static int gather_tail(struct store *store, int64_t domain_id,
                       struct range range, struct gather *gather,
                       struct err *err)
{
    const struct lines *lines = &store->tail.lines;

    for (size_t i = 0; i < lines->n; i++) {
        const struct line *line = &lines->items[i];

        if (line->standing == STORE_COUNTED && line->domain_id == domain_id &&
            line->label_id < LINES_FAILED && line->day >= range.from &&
            line->day <= range.to &&
            gather_add_line(gather, line, lines_text_of_label(line->label_id),
                            err))
            return -1;
    }
    return 0;
}

static int gather_policies(struct store *store, int64_t domain_id,
                           struct store_range range, struct gather *gather,
                           struct err *err)
{
    bool began;
    int status;

    if (tail_begin(store, &began, err))
        return -1;
    status = gather_table(store, domain_id, range_of(range), gather, err);
    if (status == 0)
        status = gather_tail(store, domain_id, range_of(range), gather, err);
    tail_end(store, began);
    return status;
}

/* Newest first; of one day the one met last. */
static int compare(const void *a, const void *b)
{
    const struct rollup_row *left = a;
    const struct rollup_row *right = b;

    if (left->last_day != right->last_day)
        return left->last_day > right->last_day ? -1 : 1;
    if (left->first_day != right->first_day)
        return left->first_day > right->first_day ? -1 : 1;
    return (left->label_id < right->label_id) -
           (left->label_id > right->label_id);
}

static int give(struct store *store, const struct rollup_row *row,
                store_policy_function *function, void *context, struct err *err)
{
    struct store_policy_seen seen = {
        .first_day = range_day(row->first_day),
        .last_day = range_day(row->last_day),
        .success_evaluations = row->sessions - row->failures,
        .failure_evaluations = row->failures,
    };
    sqlite3_stmt *text =
        sql_use(store, STATEMENT_POLICY_TEXT,
                "SELECT name.text, policy_text.text, mx_hosts FROM policy_text"
                " JOIN name ON name.id = type_id WHERE policy_text.id = ?1",
                err);
    int status;

    if (!text)
        return -1;
    sql_bind_integers(text, row->label_id);
    status = sql_step(store, text, err);
    if (status <= 0)
        return status;
    seen.type = sql_text(text, 0);
    seen.policy_text = sql_text(text, 1);
    seen.mx_hosts = sql_text(text, 2);
    status = function(context, &seen, err);
    sqlite3_reset(text);
    return status;
}

int store_each_policy(struct store *store, const char *domain,
                      struct store_range range, store_policy_function *function,
                      void *context, struct err *err)
{
    struct gather gather;
    int64_t domain_id;
    int status = dictionary_ask_domain(store, domain, &domain_id, err);

    if (status)
        return status < 0 ? -1 : 0;
    gather_init(&gather);
    status = gather_policies(store, domain_id, range, &gather, err);
    if (status == 0 && gather.n_rows)
        qsort(gather.rows, gather.n_rows, sizeof(*gather.rows), compare);
    for (size_t i = 0; status == 0 && i < gather.n_rows; i++)
        status = give(store, &gather.rows[i], function, context, err);
    gather_deinit(&gather);
    return status;
}
