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
    /* An end alone may be the midnight at which the day is over. */
    if (start == UTC_NONE)
        return utc_day_of(end - 1);
    if (end == UTC_NONE)
        return utc_day_of(start);
    return utc_day_of(start + (end - start) / 2);
}

const char *report_failure_mx(const struct report_policy *policy,
                              const struct report_failure *failure)
{
    if (failure->receiving_mx_hostname)
        return failure->receiving_mx_hostname;
    return policy->type == POLICY_TYPE_TLSA && policy->domain[0] &&
                   strcmp(policy->domain, policy->subject_domain) != 0
               ? policy->domain
               : NULL;
}

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
        totals.distinct_sessions =
            count_add(totals.distinct_sessions,
                      groups_distinct(&counts[g].sessions));
        totals.distinct_failures =
            count_add(totals.distinct_failures,
                      groups_distinct(&counts[g].failures));
    }
    *out_totals = totals;
    return 0;
}
