/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/gather.h"
#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"
#include "store/walk.h"

static int add_row(void *context, const struct rollup_row *row, struct err *err)
{
    return gather_add(context, row, err);
}

/* Sums of one domain become one row labelled with it. */
static int gather_domain(struct store *store, int64_t domain_id,
                         struct store_range range, struct gather *gather,
                         struct err *err)
{
    struct rollup_row sum;

    if (rollup_find(store, DICTIONARY_DOMAIN, domain_id, 0, range, &sum, err))
        return -1;
    sum.label_id = domain_id;
    return sum.reports ? gather_add(gather, &sum, err) : 0;
}

static int add_organization(void *context, const struct line *line,
                            struct err *err)
{
    return gather_add_line(context, line, line->organization_id, err);
}

/* Organisations of one domain come from its reports: one reporter sends one
 * report a day, so sums by day would be as many rows. */
static int gather_organizations(struct store *store, int64_t domain_id,
                                struct store_range range, struct gather *gather,
                                struct err *err)
{
    const struct walk_window window =
        walk_window_of(STORE_COUNTED, domain_id, LINES_WHOLE, range);

    return walk_each(store, &window, add_organization, gather, err);
}

static int gather_dimension(struct store *store, enum store_dimension dimension,
                            int64_t domain_id, struct store_range range,
                            struct gather *gather, struct err *err)
{
    static const int kinds[STORE_DIMENSION_COUNT] = {
        [STORE_BY_DOMAIN] = DICTIONARY_DOMAIN,
        [STORE_BY_ORGANIZATION] = DICTIONARY_ORGANIZATION,
        [STORE_BY_RESULT_TYPE] = DICTIONARY_RESULT_TYPE,
        [STORE_BY_MX] = DICTIONARY_MX,
        [STORE_BY_POLICY_TYPE] = DICTIONARY_POLICY_TYPE,
    };

    if (dimension == STORE_BY_DOMAIN)
        return domain_id == DICTIONARY_ALL
                   ? rollup_each(store, ROLLUP_DOMAINS, DICTIONARY_ALL, range,
                                 add_row, gather, err)
                   : gather_domain(store, domain_id, range, gather, err);
    if (dimension == STORE_BY_ORGANIZATION && domain_id != DICTIONARY_ALL)
        return gather_organizations(store, domain_id, range, gather, err);
    return rollup_each(store, kinds[dimension], domain_id, range, add_row,
                       gather, err);
}

/* A row with its name, to be sorted by both. */
struct named {
    const struct rollup_row *row;
    const char *key;
};

static int compare(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;

    if (left->row->failures != right->row->failures)
        return left->row->failures > right->row->failures ? -1 : 1;
    if (left->row->sessions != right->row->sessions)
        return left->row->sessions > right->row->sessions ? -1 : 1;
    return strcmp(left->key, right->key);
}

static int name_rows(struct store *store, const struct gather *gather,
                     struct named *out_named, struct err *err)
{
    for (size_t i = 0; i < gather->n_rows; i++) {
        out_named[i].row = &gather->rows[i];
        if (dictionary_text(store, gather->rows[i].label_id, &out_named[i].key,
                            err))
            return -1;
    }
    if (gather->n_rows)
        qsort(out_named, gather->n_rows, sizeof(*out_named), compare);
    return 0;
}

static int give(struct store *store, enum store_dimension dimension,
                const struct named *named, store_group_function *function,
                void *context, struct err *err)
{
    const struct rollup_row *row = named->row;
    struct store_group group = {
        .key = named->key,
        .label = named->key,
        .sums = { row->reports, row->sessions, row->failures },
        .first_day = range_day(row->first_day),
        .last_day = range_day(row->last_day),
    };

    if (dimension == STORE_BY_POLICY_TYPE) {
        group.success_evaluations = row->sessions - row->failures;
        group.failure_evaluations = row->failures;
    }
    if (dimension == STORE_BY_ORGANIZATION &&
        dictionary_label(store, row->label_id, &group.label, err))
        return -1;
    return function(context, &group, err);
}

static int give_all(struct store *store, enum store_dimension dimension,
                    const struct gather *gather, store_group_function *function,
                    void *context, struct err *err)
{
    struct named *named = calloc(gather->n_rows + 1, sizeof(*named));
    int status = named ? name_rows(store, gather, named, err) : err_memory(err);

    for (size_t i = 0; named && status == 0 && i < gather->n_rows; i++)
        status = give(store, dimension, &named[i], function, context, err);
    /* A label is borrowed from its statement; left open, it would hold this
       reader to an old moment for ever. */
    sqlite3_reset(store->statements[STATEMENT_NAME_LABEL]);
    free(named);
    return status;
}

int store_each_group(struct store *store, enum store_dimension dimension,
                     const char *domain, struct store_range range,
                     store_group_function *function, void *context,
                     struct err *err)
{
    int64_t domain_id;
    struct gather gather;
    int status = dictionary_ask_domain(store, domain, &domain_id, err);

    if (status)
        return status < 0 ? -1 : 0;
    gather_init(&gather);
    status = gather_dimension(store, dimension, domain_id, range, &gather, err);
    if (status == 0)
        status = give_all(store, dimension, &gather, function, context, err);
    gather_deinit(&gather);
    return status;
}
