/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

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

struct slice report_contact_domain(const struct report *report)
{
    const char *at =
        report->contact_info ? strrchr(report->contact_info, '@') : NULL;
    struct slice s = slice_of(at ? at + 1 : "");

    s.len = strcspn(s.ptr, " \t\r\n<>()[],;?\"");
    while (s.len && s.ptr[s.len - 1] == '.')
        s.len--;
    return s;
}
