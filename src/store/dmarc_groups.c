/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "store/dmarc_facts.h"
#include "store/gather.h"
#include "store/handle.h"
#include "store/range.h"
#include "store/sql.h"

/* One name's sums. */
struct group {
    int64_t name_id;
    struct store_dmarc_sums sums;
    int64_t first_day;
    int64_t last_day;
};

struct groups {
    struct group *items;
    size_t n;
};

static int add_row(void *gather, const struct rollup_row *row, struct err *err)
{
    return gather_add(gather, row, err);
}

static int compare_labels(const void *a, const void *b)
{
    const struct rollup_row *left = a;
    const struct rollup_row *right = b;

    return (left->label_id > right->label_id) -
           (left->label_id < right->label_id);
}

/* Joins the parts of each name. */
static void fold(struct gather *gather, struct groups *groups)
{
    const int64_t part_mask = (INT64_C(1) << DMARC_PART_BITS) - 1;

    if (gather->n_rows)
        qsort(gather->rows, gather->n_rows, sizeof(*gather->rows),
              compare_labels);
    for (size_t i = 0; i < gather->n_rows; i++) {
        const struct rollup_row *row = &gather->rows[i];
        int64_t name_id = row->label_id >> DMARC_PART_BITS;
        struct group *group = &groups->items[groups->n];

        if (groups->n && group[-1].name_id == name_id) {
            group--;
        } else {
            *group = (struct group){ .name_id = name_id,
                                     .first_day = row->first_day,
                                     .last_day = row->last_day };
            groups->n++;
        }
        dmarc_part_add(&group->sums, row->label_id & part_mask, row->reports,
                       row->sessions);
        if (row->first_day < group->first_day)
            group->first_day = row->first_day;
        if (row->last_day > group->last_day)
            group->last_day = row->last_day;
    }
}

static int read_rollup(struct store *store, int kind, int64_t domain_id,
                       struct store_range range, struct groups *groups,
                       struct err *err)
{
    struct gather gather;
    int status;

    gather_init(&gather);
    status = rollup_each(store, kind, domain_id, range, add_row, &gather, err);
    if (status == 0) {
        groups->items = calloc(gather.n_rows + 1, sizeof(*groups->items));
        if (groups->items)
            fold(&gather, groups);
        else
            status = err_memory(err);
    }
    gather_deinit(&gather);
    return status;
}

/* ---- Reporters of one domain --------------------------------------------- */

static void add_report(struct group *group, sqlite3_stmt *row)
{
    int64_t *const sums[] = { &group->sums.messages,    &group->sums.passed,
                              &group->sums.dkim,        &group->sums.spf,
                              &group->sums.quarantined, &group->sums.rejected };
    int64_t day = sqlite3_column_int64(row, 1);

    group->sums.reports++;
    for (int i = 0; i < (int)(sizeof(sums) / sizeof(*sums)); i++)
        *sums[i] = rollup_told(*sums[i] + sqlite3_column_int64(row, 2 + i));
    if (day != UTC_DAY_NONE && day < group->first_day)
        group->first_day = day;
    if (day > group->last_day)
        group->last_day = day;
}

/* Returns: the group of a name, NULL when out of memory. */
static struct group *group_of(struct groups *groups, struct map *places,
                              int64_t name_id)
{
    size_t number;
    int status =
        map_number(places, slice_make(&name_id, sizeof(name_id)), &number);

    if (status < 0)
        return NULL;
    if (status > 0) {
        /* Powers of two are where it is full. */
        if ((number & (number - 1)) == 0 || !groups->items) {
            struct group *larger = reallocarray(
                groups->items, number ? 2 * number : 2, sizeof(*larger));

            if (!larger)
                return NULL;
            groups->items = larger;
        }
        groups->items[number] = (struct group){ .name_id = name_id,
                                                .first_day = INT32_MAX,
                                                .last_day = INT32_MIN };
        groups->n = number + 1;
    }
    return &groups->items[number];
}

/* One reporter sends one report a day, so sums by day would be as many rows. */
static int read_reporters(struct store *store, int64_t domain_id,
                          struct store_range range, struct groups *groups,
                          struct err *err)
{
    sqlite3_stmt *rows =
        sql_use(store, STATEMENT_DMARC_REPORTERS,
                "SELECT organization_id, day, messages, passed, dkim, spf,"
                " quarantined, rejected FROM dmarc INDEXED BY dmarc_domain"
                " WHERE standing = 0 AND domain_id = ?1"
                " AND day BETWEEN ?2 AND ?3",
                err);
    struct map places;
    int status;

    if (!rows)
        return -1;
    map_init(&places);
    sql_bind_integers(rows, domain_id, range_of(range).from,
                      range_of(range).to);
    while ((status = sql_step(store, rows, err)) > 0) {
        struct group *group =
            group_of(groups, &places, sqlite3_column_int64(rows, 0));

        if (!group) {
            status = err_memory(err);
            break;
        }
        add_report(group, rows);
    }
    sqlite3_reset(rows);
    map_deinit(&places);
    return status;
}

/* ---- Given in order ------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    const struct group *left = a;
    const struct group *right = b;
    int64_t failed_left = left->sums.messages - left->sums.passed;
    int64_t failed_right = right->sums.messages - right->sums.passed;

    if (failed_left != failed_right)
        return failed_left > failed_right ? -1 : 1;
    if (left->sums.messages != right->sums.messages)
        return left->sums.messages > right->sums.messages ? -1 : 1;
    return (left->name_id > right->name_id) - (left->name_id < right->name_id);
}

static int give(struct store *store, enum store_dmarc_dimension dimension,
                const struct group *group, store_dmarc_group_function *function,
                void *context, struct err *err)
{
    struct store_dmarc_group given = { .sums = group->sums,
                                       .first_day = range_day(group->first_day),
                                       .last_day = range_day(group->last_day) };

    if (dictionary_text(store, group->name_id, &given.key, err))
        return -1;
    given.label = given.key;
    if (dimension == STORE_DMARC_BY_ORGANIZATION &&
        dictionary_label(store, group->name_id, &given.label, err))
        return -1;
    return function(context, &given, err);
}

static int read_groups(struct store *store,
                       enum store_dmarc_dimension dimension, int64_t domain_id,
                       struct store_range range, struct groups *groups,
                       struct err *err)
{
    static const int kinds[STORE_DMARC_DIMENSION_COUNT] = {
        [STORE_DMARC_BY_DOMAIN] = ROLLUP_DMARC_DOMAINS,
        [STORE_DMARC_BY_ORGANIZATION] = ROLLUP_DMARC_ORGANIZATIONS,
        [STORE_DMARC_BY_SOURCE] = ROLLUP_DMARC_SOURCES,
        [STORE_DMARC_BY_SENDER] = ROLLUP_DMARC_SENDERS,
    };

    if (dimension == STORE_DMARC_BY_ORGANIZATION && domain_id != DICTIONARY_ALL)
        return read_reporters(store, domain_id, range, groups, err);
    return read_rollup(store, kinds[dimension], domain_id, range, groups, err);
}

static int give_all(struct store *store, enum store_dmarc_dimension dimension,
                    const struct groups *groups, size_t limit,
                    store_dmarc_group_function *function, void *context,
                    struct err *err)
{
    int status = 0;

    if (groups->n)
        qsort(groups->items, groups->n, sizeof(*groups->items), compare);
    if (limit == 0 || limit > groups->n)
        limit = groups->n;
    for (size_t i = 0; status == 0 && i < limit; i++)
        status =
            give(store, dimension, &groups->items[i], function, context, err);
    /* A label is borrowed from its statement; left open, it would hold this
       reader to an old moment for ever. */
    sqlite3_reset(store->statements[STATEMENT_NAME_LABEL]);
    return status;
}

int store_dmarc_each_group(struct store *store,
                           const struct store_dmarc_breakdown *breakdown,
                           store_dmarc_group_function *function, void *context,
                           size_t *out_n, struct err *err)
{
    struct groups groups = { .n = 0 };
    int64_t domain_id;
    int status =
        dictionary_ask_domain(store, breakdown->domain, &domain_id, err);

    if (out_n)
        *out_n = 0;
    if (status)
        return status < 0 ? -1 : 0;
    status = read_groups(store, breakdown->dimension, domain_id,
                         breakdown->range, &groups, err);
    if (status == 0 && out_n)
        *out_n = groups.n;
    if (status == 0)
        status = give_all(store, breakdown->dimension, &groups,
                          breakdown->limit, function, context, err);
    free(groups.items);
    return status;
}
