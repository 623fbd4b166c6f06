/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/distinct.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/list.h"
#include "base/map.h"
#include "policy/result_type.h"
#include "report/groups.h"

/* One (group, key) while the sides are still apart. */
struct cell {
    size_t group;
    const char *key;
    struct groups_sums failures;
};

struct table {
    struct list cells; /* of struct cell */
    struct map index;  /* "group/key" to number of the cell */
};

struct work {
    const struct report *report;
    struct arena *arena;
    struct groups groups;
    const char **subjects; /* subject domain of each group */
    struct buffer key;     /* scratch */
};

/* How a detail is named in a table. Returns: NULL when out of memory. */
typedef const char *key_function(struct work *work,
                                 const struct report_policy *policy,
                                 const struct report_failure *failure);

static const char *result_key(struct work *work,
                              const struct report_policy *policy,
                              const struct report_failure *failure)
{
    (void)policy;
    return result_type_key(work->arena, slice_of(failure->result_type), NULL);
}

static const char *mx_key(struct work *work, const struct report_policy *policy,
                          const struct report_failure *failure)
{
    (void)work;
    if (failure->receiving_mx_hostname && failure->receiving_mx_hostname[0])
        return failure->receiving_mx_hostname;
    if (policy->type == POLICY_TYPE_TLSA &&
        strcmp(policy->domain, policy->subject_domain) != 0)
        return policy->domain;
    return "";
}

static struct cell *find_cell(struct work *work, struct table *table,
                              size_t group, const char *key)
{
    size_t before = table->index.n_entries;
    struct cell *cell;
    int64_t *number;

    buffer_reset(&work->key);
    buffer_add_format(&work->key, "%zu/%s", group, key);
    number = work->key.failed
                 ? NULL
                 : map_put(&table->index, buffer_slice(&work->key));
    if (!number)
        return NULL;
    if (table->index.n_entries == before) {
        struct cell *cells = (struct cell *)(void *)table->cells.items;

        return &cells[*number];
    }
    *number = (int64_t)table->cells.n_items;
    cell = list_add(&table->cells, work->arena);
    if (cell) {
        cell->group = group;
        cell->key = key;
    }
    return cell;
}

static int fill_table(struct work *work, struct table *table, key_function *key)
{
    for (size_t i = 0; i < work->report->n_policies; i++) {
        const struct report_policy *policy = &work->report->policies[i];

        if (report_policy_is_implausible(policy))
            continue;
        for (size_t f = 0; f < policy->n_failures; f++) {
            const struct report_failure *failure = &policy->failures[f];
            const char *name = key(work, policy, failure);
            struct cell *cell;

            if (!count_is_plausible(failure->sessions))
                continue;
            cell = name
                       ? find_cell(work, table, work->groups.of_policy[i], name)
                       : NULL;
            if (!cell)
                return -1;
            groups_add(&cell->failures, groups_side_of(policy->type),
                       failure->sessions);
        }
    }
    return 0;
}

static int compare_shares(const void *a, const void *b)
{
    const struct distinct_share *x = a, *y = b;
    int order = strcmp(x->subject_domain, y->subject_domain);

    return order ? order : strcmp(x->key, y->key);
}

/* Groups of one subject fall together: sort, then join equal neighbours. */
static int join_cells(struct work *work, const struct table *table,
                      struct distinct_share **out, size_t *out_n)
{
    const struct cell *cells =
        (const struct cell *)(const void *)table->cells.items;
    size_t n = table->cells.n_items, kept = 0;
    struct distinct_share *shares =
        arena_calloc(work->arena, n, sizeof(*shares));

    if (!shares)
        return -1;
    for (size_t i = 0; i < n; i++)
        shares[i] = (struct distinct_share){
            .subject_domain = work->subjects[cells[i].group],
            .key = cells[i].key,
            .failures = groups_distinct(&cells[i].failures)
        };
    qsort(shares, n, sizeof(*shares), compare_shares);
    for (size_t i = 0; i < n; i++) {
        if (kept && compare_shares(&shares[kept - 1], &shares[i]) == 0)
            shares[kept - 1].failures =
                count_add(shares[kept - 1].failures, shares[i].failures);
        else
            shares[kept++] = shares[i];
    }
    *out = shares;
    *out_n = kept;
    return 0;
}

static int compute_shares(struct work *work, key_function *key,
                          struct distinct_share **out, size_t *out_n)
{
    struct table table;
    int rc;

    list_init(&table.cells, sizeof(struct cell));
    map_init(&table.index);
    rc = fill_table(work, &table, key);
    if (rc == 0)
        rc = join_cells(work, &table, out, out_n);
    list_deinit(&table.cells);
    map_deinit(&table.index);
    return rc;
}

static int compare_subjects(const void *a, const void *b)
{
    const struct distinct_subject *x = a, *y = b;

    return strcmp(x->subject_domain, y->subject_domain);
}

static void join_subjects(struct distinct_rows *rows, size_t n)
{
    struct distinct_subject *s = rows->subjects;
    size_t kept = 0;

    qsort(s, n, sizeof(*s), compare_subjects);
    for (size_t i = 0; i < n; i++) {
        if (kept && compare_subjects(&s[kept - 1], &s[i]) == 0) {
            s[kept - 1].sessions =
                count_add(s[kept - 1].sessions, s[i].sessions);
            s[kept - 1].failures =
                count_add(s[kept - 1].failures, s[i].failures);
        } else {
            s[kept++] = s[i];
        }
    }
    rows->n_subjects = kept;
}

static int compute_subjects(struct work *work, struct distinct_rows *rows)
{
    size_t n = work->groups.n_groups;
    struct groups_sums *sessions =
        arena_calloc(work->arena, n, sizeof(*sessions));
    struct groups_sums *failures =
        arena_calloc(work->arena, n, sizeof(*failures));

    rows->subjects = arena_calloc(work->arena, n, sizeof(*rows->subjects));
    if (!sessions || !failures || !rows->subjects)
        return -1;
    for (size_t i = 0; i < work->report->n_policies; i++) {
        const struct report_policy *policy = &work->report->policies[i];
        enum groups_side side = groups_side_of(policy->type);
        size_t g = work->groups.of_policy[i];

        if (report_policy_is_implausible(policy))
            continue;
        groups_add(
            &sessions[g], side,
            count_add(policy->success_sessions, policy->failure_sessions));
        groups_add(&failures[g], side, policy->failure_sessions);
    }
    for (size_t g = 0; g < n; g++)
        rows->subjects[g] = (struct distinct_subject){
            .subject_domain = work->subjects[g],
            .sessions = groups_distinct(&sessions[g]),
            .failures = groups_distinct(&failures[g])
        };
    join_subjects(rows, n);
    return 0;
}

static int find_subjects(struct work *work)
{
    if (groups_find(work->report, work->arena, &work->groups))
        return -1;
    work->subjects = arena_calloc(work->arena, work->groups.n_groups,
                                  sizeof(*work->subjects));
    if (!work->subjects)
        return -1;
    for (size_t i = work->report->n_policies; i > 0; i--)
        work->subjects[work->groups.of_policy[i - 1]] =
            work->report->policies[i - 1].subject_domain;
    return 0;
}

int distinct_compute(const struct report *report, struct arena *arena,
                     struct distinct_rows *out_rows)
{
    enum {
        KEY_MAX_BYTES = 64 * 1024 * 1024 + 32 /* a text's longest string */
    };
    struct work work = { .report = report, .arena = arena };
    struct distinct_rows rows = { 0 };
    int rc;

    buffer_init(&work.key, KEY_MAX_BYTES);
    rc = find_subjects(&work);
    if (rc == 0)
        rc = compute_subjects(&work, &rows);
    if (rc == 0)
        rc = compute_shares(&work, result_key, &rows.results, &rows.n_results);
    if (rc == 0)
        rc = compute_shares(&work, mx_key, &rows.mxs, &rows.n_mxs);
    buffer_deinit(&work.key);
    if (rc == 0)
        *out_rows = rows;
    return rc;
}
