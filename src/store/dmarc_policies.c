/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/dmarc.h"
#include "store/gather.h"
#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

static struct rollup_row row_of(sqlite3_stmt *rows)
{
    return (struct rollup_row){ .label_id = sqlite3_column_int64(rows, 0),
                                .reports = 1,
                                .first_day = sqlite3_column_int64(rows, 1),
                                .last_day = sqlite3_column_int64(rows, 1) };
}

static int gather_policies(struct store *store, int64_t domain_id,
                           struct store_range range, struct gather *gather,
                           struct err *err)
{
    sqlite3_stmt *rows =
        sql_use(store, STATEMENT_DMARC_POLICIES,
                "SELECT policy_id, day FROM dmarc INDEXED BY dmarc_domain"
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
    if (left->reports != right->reports)
        return left->reports > right->reports ? -1 : 1;
    return (left->label_id < right->label_id) -
           (left->label_id > right->label_id);
}

static int give_all(struct store *store, const struct gather *gather,
                    store_dmarc_policy_function *function, void *context,
                    struct err *err)
{
    int status = 0;

    if (gather->n_rows)
        qsort(gather->rows, gather->n_rows, sizeof(*gather->rows), compare);
    for (size_t i = 0; status == 0 && i < gather->n_rows; i++) {
        const struct rollup_row *row = &gather->rows[i];
        struct store_dmarc_policy policy = {
            .first_day = range_day(row->first_day),
            .last_day = range_day(row->last_day),
            .reports = row->reports,
        };

        if (dictionary_text(store, row->label_id, &policy.text, err))
            return -1;
        status = function(context, &policy, err);
    }
    return status;
}

int store_dmarc_each_policy(struct store *store, const char *domain,
                            struct store_range range,
                            store_dmarc_policy_function *function,
                            void *context, struct err *err)
{
    struct gather gather;
    int64_t domain_id;
    int status = dictionary_ask_domain(store, domain, &domain_id, err);

    if (status)
        return status < 0 ? -1 : 0;
    gather_init(&gather);
    status = gather_policies(store, domain_id, range, &gather, err);
    if (status == 0)
        status = give_all(store, &gather, function, context, err);
    gather_deinit(&gather);
    return status;
}
