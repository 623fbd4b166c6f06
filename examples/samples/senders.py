# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Each sender's own way to write a report, as they are met in the wild.

Where they differ from RFC 8460, it is on purpose.
"""

import datetime
import hashlib
import json


def start_of(day):
    return datetime.datetime.combine(day, datetime.time(),
                                     datetime.timezone.utc)


def timestamp(day):
    return int(start_of(day).timestamp())


def report_id(report):
    """Opaque, and of another make at each sender."""
    day, name = report.day, report.domain.name
    key = report.sender.key
    token = hashlib.sha256(f'{key} {day} {name}'.encode()).hexdigest()
    if key == 'google':
        return f'{day}T00:00:00Z_{name}'
    if key == 'microsoft':
        return f'{timestamp(day) * 10**7 + 621355968 * 10**9}+{name}'
    if key == 'pochta':
        return '-'.join((token[:8], token[8:12], token[12:16], token[16:20],
                         token[20:32])) + f'@{report.sender.host}'
    if key == 'postfix':
        return f'{day}T00:00:00Z_idx{report.number}_{name}'
    if key == 'stalwart':
        return f'{timestamp(day)}_{int(token[:15], 16)}'
    return f'{day:%Y%m%d}.{name}.{token[:6]}@{report.sender.host}'


def date_range(report):
    start = start_of(report.day)
    form = '%Y-%m-%dT%H:%M:%SZ'
    # Two of them end with the midnight after.
    short = 0 if report.sender.key in ('pochta', 'stalwart') else 1
    end = start + datetime.timedelta(days=1, seconds=-short)
    return {'start-datetime': start.strftime(form),
            'end-datetime': end.strftime(form)}


def ehlo_reply(host):
    return (f'250-{host}\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n'
            f'250-STARTTLS\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME')


def detail(report, failure):
    members = {'result-type': failure.result}
    if failure.sender_address:
        members['sending-mta-ip'] = failure.sender_address
    if failure.mx:
        members['receiving-mx-hostname'] = failure.mx.host
        if report.sender.key == 'postfix':
            members['receiving-mx-helo'] = ehlo_reply(failure.mx.host)
        members['receiving-ip'] = failure.mx.address
    members['failed-session-count'] = \
        failure.sessions if failure.counted is None else failure.counted
    if failure.reason:
        members['failure-reason-code'] = failure.reason
    return members


def policy_members(report, policy):
    key = report.sender.key
    kind = 'no-policy-found' if policy.kind == 'none' else policy.kind
    members = {'policy-type': kind, 'policy-domain': report.domain.name}
    strings = list(policy.strings)
    if policy.kind == 'tlsa' and key == 'microsoft':
        # One string that is itself a JSON array.
        strings = [json.dumps(strings)]
    elif policy.kind == 'tlsa':
        members['policy-domain'] = policy.tlsa_host
    if strings:
        members['policy-string'] = strings
    if policy.mx_patterns and key == 'harbour':
        members['mx-host'] = policy.mx_patterns[0] \
            if len(policy.mx_patterns) == 1 else list(policy.mx_patterns)
    elif policy.mx_patterns and key not in ('microsoft', 'postfix'):
        members['mx-host'] = list(policy.mx_patterns)
    return members


def entry(report, policy):
    members = {
        'policy': policy_members(report, policy),
        'summary': {'total-successful-session-count': policy.success,
                    'total-failure-session-count': policy.failed},
    }
    details = [detail(report, failure) for failure in policy.failures]
    if details or report.sender.key == 'postfix':
        members['failure-details'] = details
    return members


def contact(sender):
    if sender.key == 'stalwart':
        return None
    word = {'google': 'smtp-tls-reporting', 'microsoft': 'tlsrpt-noreply',
            'pochta': 'abuse'}.get(sender.key, 'postmaster')
    return f'{word}@{sender.host}'


def as_json(report):
    """The report as its sender would write it."""
    members = {
        'organization-name': report.sender.name,
        'date-range': date_range(report),
        'contact-info': contact(report.sender),
        'report-id': report_id(report),
        'policies': [entry(report, policy) for policy in report.policies],
    }
    indent = 2 if report.sender.key in ('harbour', 'stalwart') else None
    return json.dumps(members, indent=indent).encode()


def file_name(report, ending):
    """RFC 8460 section 5.1."""
    start = timestamp(report.day)
    return (f'{report.sender.host}!{report.domain.name}!{start}!'
            f'{start + 86399}!{report.number:03}.{ending}')
