/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/groups.h"

#include "base/map.h"

enum groups_side groups_side_of(enum policy_type type)
{
    if (type == POLICY_TYPE_STS)
        return GROUPS_STS;
    return type == POLICY_TYPE_TLSA ? GROUPS_TLSA : GROUPS_REST;
}

/* Adds policy number i to group number g, which may be the next one. */
static void put(const struct report *report, struct groups *groups, size_t i,
                size_t g)
{
    const struct report_policy *policy = &report->policies[i];

    groups->of_policy[i] = g;
    if (g == groups->n_groups)
        groups->groups[groups->n_groups++].domain = policy->domain;
    if (groups->groups[g].first[policy->type] == 0)
        groups->groups[g].first[policy->type] = (uint32_t)i + 1;
}

/* Usual reports have one or two policies: no table for them. */
static void find_few(const struct report *report, struct groups *groups)
{
    for (size_t i = 0; i < report->n_policies; i++) {
        const char *domain = report->policies[i].domain;
        size_t g = 0;

        while (g < groups->n_groups &&
               strcmp(groups->groups[g].domain, domain) != 0)
            g++;
        put(report, groups, i, g);
    }
}

static int find_many(const struct report *report, struct groups *groups)
{
    struct map map;
    size_t g;
    int rc = 0;

    map_init(&map);
    for (size_t i = 0; i < report->n_policies && rc >= 0; i++) {
        rc = map_number(&map, slice_of(report->policies[i].domain), &g);
        if (rc >= 0)
            put(report, groups, i, g);
    }
    map_deinit(&map);
    return rc < 0 ? -1 : 0;
}

int groups_find(const struct report *report, struct arena *arena,
                struct groups *out_groups)
{
    enum { FEW = 16 };
    size_t n = report->n_policies;
    struct groups groups = { 0 };

    groups.of_policy = arena_calloc(arena, n, sizeof(*groups.of_policy));
    groups.groups = arena_calloc(arena, n, sizeof(*groups.groups));
    if (!groups.of_policy || !groups.groups)
        return -1;
    if (n <= FEW)
        find_few(report, &groups);
    else if (find_many(report, &groups))
        return -1;
    *out_groups = groups;
    return 0;
}

struct groups_counts *groups_count(const struct report *report,
                                   const struct groups *groups,
                                   struct arena *arena)
{
    struct groups_counts *counts =
        arena_calloc(arena, groups->n_groups, sizeof(*counts));

    for (size_t i = 0; counts && i < report->n_policies; i++) {
        const struct report_policy *policy = &report->policies[i];
        enum groups_side side = groups_side_of(policy->type);
        struct groups_counts *of = &counts[groups->of_policy[i]];
        int64_t ok = policy->success_sessions, bad = policy->failure_sessions;

        if (report_policy_is_implausible(policy))
            continue;
        groups_add(&of->sessions, side, count_add(ok, bad));
        groups_add(&of->failures, side, bad);
    }
    return counts;
}
