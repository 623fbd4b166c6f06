/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/distinct.h"

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
    struct arena folded; /* scratch: names as they are looked up */
    struct buffer key;   /* scratch */
};

/* How a detail is named in a table, made in arena where it has to be. Returns:
 * NULL when out of memory. */
typedef const char *key_function(struct arena *arena,
                                 const struct report_policy *policy,
                                 const struct report_failure *failure);

static const char *result_key(struct arena *arena,
                              const struct report_policy *policy,
                              const struct report_failure *failure)
{
    (void)policy;
    return result_type_key(arena, slice_of(failure->result_type), NULL);
}

static const char *mx_key(struct arena *arena,
                          const struct report_policy *policy,
                          const struct report_failure *failure)
{
    const char *mx = report_failure_mx(policy, failure);

    (void)arena;
    return mx ? mx : "";
}

/* The cell of a detail; a name that is new is made once more, to stay. */
static struct cell *find_cell(struct work *work, struct table *table,
                              size_t group, key_function *key,
                              const struct report_policy *policy,
                              const struct report_failure *failure)
{
    const char *name;
    struct cell *cell;
    size_t number;
    int rc;

    arena_reset(&work->folded);
    buffer_reset(&work->key);
    name = key(&work->folded, policy, failure);
    if (name)
        buffer_add_format(&work->key, "%zu/%s", group, name);
    if (!name || work->key.failed)
        return NULL;
    rc = map_number(&table->index, buffer_slice(&work->key), &number);
    if (rc < 0)
        return NULL;
    if (rc == 0)
        return (struct cell *)(void *)table->cells.items + number;
    cell = list_add(&table->cells, work->arena);
    if (!cell)
        return NULL;
    cell->group = group;
    cell->key = key(work->arena, policy, failure);
    return cell->key ? cell : NULL;
}

static int fill_table(struct work *work, struct table *table, key_function *key)
{
    for (size_t i = 0; i < work->report->n_policies; i++) {
        const struct report_policy *policy = &work->report->policies[i];

        if (report_policy_is_implausible(policy))
            continue;
        for (size_t f = 0; f < policy->n_failures; f++) {
            const struct report_failure *failure = &policy->failures[f];
            struct cell *cell;

            if (!count_is_plausible(failure->sessions))
                continue;
            cell = find_cell(work, table, work->groups.of_policy[i], key,
                             policy, failure);
            if (!cell)
                return -1;
            groups_add(&cell->failures, groups_side_of(policy->type),
                       failure->sessions);
        }
    }
    return 0;
}

static int take_cells(struct work *work, const struct table *table,
                      struct distinct_share **out, size_t *out_n)
{
    const struct cell *cells =
        (const struct cell *)(const void *)table->cells.items;
    size_t n = table->cells.n_items;
    struct distinct_share *shares =
        arena_calloc(work->arena, n, sizeof(*shares));

    if (!shares)
        return -1;
    for (size_t i = 0; i < n; i++)
        shares[i] = (struct distinct_share){ .subject = cells[i].group,
                                             .key = cells[i].key,
                                             .failures = groups_distinct(
                                                 &cells[i].failures) };
    *out = shares;
    *out_n = n;
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
        rc = take_cells(work, &table, out, out_n);
    list_deinit(&table.cells);
    map_deinit(&table.index);
    return rc;
}

static int compute_subjects(struct work *work, struct distinct_rows *rows)
{
    const struct report *report = work->report;
    size_t n;
    const struct groups_counts *counts;

    if (groups_find(report, work->arena, &work->groups))
        return -1;
    n = work->groups.n_groups;
    counts = groups_count(report, &work->groups, work->arena);
    rows->subjects = arena_calloc(work->arena, n, sizeof(*rows->subjects));
    if (!counts || !rows->subjects)
        return -1;
    for (size_t g = 0; g < n; g++) {
        rows->subjects[g].sessions = groups_distinct(&counts[g].sessions);
        rows->subjects[g].failures = groups_distinct(&counts[g].failures);
    }
    /* Policies of one policy-domain are about one subject, see subject.c. */
    for (size_t i = 0; i < report->n_policies; i++)
        rows->subjects[work->groups.of_policy[i]].subject_domain =
            report->policies[i].subject_domain;
    rows->n_subjects = n;
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
    arena_init(&work.folded, KEY_MAX_BYTES);
    rc = compute_subjects(&work, &rows);
    if (rc == 0)
        rc = compute_shares(&work, result_key, &rows.results, &rows.n_results);
    if (rc == 0)
        rc = compute_shares(&work, mx_key, &rows.mxs, &rows.n_mxs);
    arena_deinit(&work.folded);
    buffer_deinit(&work.key);
    if (rc == 0)
        *out_rows = rows;
    return rc;
}
