/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/groups.h"
#include "report/report.h"

int report_totals_compute(const struct report *report, struct arena *arena,
                          struct report_totals *out_totals)
{
    struct report_totals totals = { 0 };
    struct groups_counts *counts;
    struct groups groups;

    if (groups_find(report, arena, &groups))
        return -1;
    counts = groups_count(report, &groups, arena);
    if (!counts)
        return -1;
    for (size_t i = 0; i < report->n_policies; i++) {
        const struct report_policy *policy = &report->policies[i];

        if (report_policy_is_implausible(policy))
            continue;
        totals.success_sessions =
            count_add(totals.success_sessions, policy->success_sessions);
        totals.failure_sessions =
            count_add(totals.failure_sessions, policy->failure_sessions);
    }
    for (size_t g = 0; g < groups.n_groups; g++) {
        totals.distinct_sessions = count_add(
            totals.distinct_sessions, groups_distinct(&counts[g].sessions));
        totals.distinct_failures = count_add(
            totals.distinct_failures, groups_distinct(&counts[g].failures));
    }
    *out_totals = totals;
    return 0;
}
