# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""What an import of the samples must count, from the model alone."""

RECENT_DAYS = 30


def sums(reports):
    """Evaluations as reported, and each session once."""
    policies = [policy for report in reports for policy in report.policies]
    return {
        'reports': len(reports),
        'success_sessions': sum(policy.success for policy in policies),
        'failure_sessions': sum(policy.failed for policy in policies),
        'distinct_sessions': sum(report.sessions for report in reports),
        'distinct_failures': sum(report.failed for report in reports),
    }


def grouped(reports, key):
    groups = {}
    for report in reports:
        groups.setdefault(key(report), []).append(report)
    return {name: sums(members) for name, members in sorted(groups.items())}


def summarise(reports, oddities, today):
    days = [report.day for report in reports]
    recent = [report for report in reports
              if (today - report.day).days <= RECENT_DAYS]
    return {
        **sums(reports),
        'duplicates': oddities.duplicates,
        'conflicts': oddities.conflicts,
        'refused': oddities.refused,
        'first_day': min(days).isoformat(),
        'last_day': max(days).isoformat(),
        'domains': grouped(reports, lambda report: report.domain.name),
        'organizations': grouped(reports, lambda report: report.sender.name),
        'last_30_days': sums(recent),
    }
