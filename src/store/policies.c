/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/gather.h"
#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

/* A policy row as one to be added up; implausible counts add nothing. */
static struct rollup_row row_of(sqlite3_stmt *rows)
{
    struct rollup_row row = { .label_id = sqlite3_column_int64(rows, 0),
                              .reports = 1,
                              .first_day = sqlite3_column_int64(rows, 1),
                              .last_day = sqlite3_column_int64(rows, 1) };

    if (sqlite3_column_int64(rows, 4) == 0) {
        row.failures = sqlite3_column_int64(rows, 3);
        row.sessions = sqlite3_column_int64(rows, 2) + row.failures;
    }
    return row;
}

static int gather_policies(struct store *store, int64_t domain_id,
                           struct store_range range, struct gather *gather,
                           struct err *err)
{
    sqlite3_stmt *rows =
        sql_use(store, STATEMENT_POLICIES,
                "SELECT text_id, day, success_sessions, failure_sessions,"
                " is_implausible FROM policy INDEXED BY policy_day"
                " WHERE standing = 0 AND domain_id = ?1"
                " AND day BETWEEN ?2 AND ?3",
                err);

    return gather_facts(gather, store, rows, domain_id, range, row_of, err);
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
