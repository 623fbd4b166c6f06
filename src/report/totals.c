/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/groups.h"
#include "report/report.h"

bool report_policy_is_implausible(const struct report_policy *policy)
{
    return !count_is_plausible(policy->success_sessions) ||
           !count_is_plausible(policy->failure_sessions);
}

utc_day report_day(const struct report *report)
{
    utc_time start = report->start, end = report->end;

    if (start == UTC_NONE && end == UTC_NONE)
        return UTC_DAY_NONE;
    if (start == UTC_NONE)
        start = end;
    if (end == UTC_NONE)
        end = start;
    return utc_day_of(start + (end - start) / 2);
}

int report_totals_compute(const struct report *report, struct arena *arena,
                          struct report_totals *out_totals)
{
    struct report_totals totals = { 0 };
    struct groups_sums *sessions, *failures;
    struct groups groups;

    if (groups_find(report, arena, &groups))
        return -1;
    sessions = arena_calloc(arena, groups.n_groups, sizeof(*sessions));
    failures = arena_calloc(arena, groups.n_groups, sizeof(*failures));
    if (!sessions || !failures)
        return -1;
    for (size_t i = 0; i < report->n_policies; i++) {
        const struct report_policy *policy = &report->policies[i];
        enum groups_side side = groups_side_of(policy->type);
        size_t g = groups.of_policy[i];
        int64_t ok = policy->success_sessions, bad = policy->failure_sessions;

        totals.success_sessions = count_add(totals.success_sessions, ok);
        totals.failure_sessions = count_add(totals.failure_sessions, bad);
        groups_add(&sessions[g], side, count_add(ok, bad));
        groups_add(&failures[g], side, bad);
    }
    for (size_t g = 0; g < groups.n_groups; g++) {
        totals.distinct_sessions =
            count_add(totals.distinct_sessions, groups_distinct(&sessions[g]));
        totals.distinct_failures =
            count_add(totals.distinct_failures, groups_distinct(&failures[g]));
    }
    *out_totals = totals;
    return 0;
}
