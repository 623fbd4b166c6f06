# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""The containers reports come in: files, mails, a Maildir, an mbox, zips."""

import base64
import datetime
import gzip
import hashlib
import io
import os
import zipfile
from dataclasses import dataclass, field

from . import senders

RECIPIENT = 'tlsrpt@example.com'


@dataclass
class Oddities:
    """What an import meets beside new reports."""
    duplicates: int = 0
    conflicts: int = 0
    refused: list = field(default_factory=list)


def write(root, path, octets):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'wb') as out:
        out.write(octets)


def gzipped(octets):
    return gzip.compress(octets, 6, mtime=0)


def arrival(report):
    """Some hours after midnight, another for each report."""
    token = hashlib.sha256(senders.report_id(report).encode()).digest()
    seconds = int.from_bytes(token[:3], 'big') % 36000
    return senders.start_of(report.day) + \
        datetime.timedelta(days=1, seconds=600 + seconds)


def attachment(report):
    encoded = base64.encodebytes(gzipped(senders.as_json(report))).decode()
    return encoded.rstrip('\n').split('\n')


def text_part(report):
    if report.sender.key == 'microsoft':
        return ['Content-Type: text/html; charset=us-ascii', '',
                '<html><body><p>This is an aggregate TLS report from '
                f'{report.sender.name}.</p></body></html>']
    return ['Content-Type: text/plain; charset=us-ascii', '',
            f'This is an aggregate TLS report from {report.sender.name} '
            f'about {report.domain.name}.']


def mail(report):
    """The lines of a report mail. RFC 8460 section 5.3."""
    name = senders.file_name(report, 'json.gz')
    identity = hashlib.sha256(name.encode()).hexdigest()
    boundary = f'=_{identity[:24]}'
    when = arrival(report).strftime('%a, %d %b %Y %H:%M:%S +0000')
    sender = senders.contact(report.sender) or \
        f'postmaster@{report.sender.host}'
    return [
        f'From: <{sender}>', f'To: <{RECIPIENT}>', f'Date: {when}',
        f'Message-ID: <{identity[:32]}@{report.sender.host}>',
        f'Subject: Report Domain: {report.domain.name}',
        f' Submitter: {report.sender.host}',
        f' Report-ID: <{senders.report_id(report)}>',
        f'TLS-Report-Domain: {report.domain.name}',
        f'TLS-Report-Submitter: {report.sender.host}',
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type="tlsrpt";',
        f' boundary="{boundary}"', '',
        f'--{boundary}', *text_part(report),
        f'--{boundary}',
        'Content-Type: application/tlsrpt+gzip',
        'Content-Transfer-Encoding: base64',
        f'Content-Disposition: attachment; filename="{name}"', '',
        *attachment(report),
        f'--{boundary}--', '',
    ]


def mail_octets(report, line_end='\n'):
    return line_end.join(mail(report)).encode()


# ---- who sends how ----------------------------------------------------------

def write_google(root, reports):
    """Attachments saved as they came, a folder a month."""
    for report in reports:
        name = senders.file_name(report, 'json.gz')
        write(root, f'google/{report.day:%Y-%m}/{name}',
              gzipped(senders.as_json(report)))


def write_maildir(root, reports):
    """A Maildir; what came in the last week has not been read."""
    for folder in ('cur', 'new', 'tmp'):
        os.makedirs(os.path.join(root, 'inbox', folder), exist_ok=True)
    last = max(report.day for report in reports)
    for n, report in enumerate(reports):
        is_new = (last - report.day).days < 7
        stamp = int(arrival(report).timestamp())
        name = f'{stamp}.M{n:06}P1.mail.example.com'
        path = f'inbox/new/{name}' if is_new else f'inbox/cur/{name}:2,S'
        write(root, path, mail_octets(report))


def write_eml(root, reports):
    """Mails saved one by one, with CR LF as on the wire."""
    for report in reports:
        write(root, f'mails/{report.day}.{report.domain.name}.eml',
              mail_octets(report, '\r\n'))


def write_mbox(root, reports):
    lines = []
    for report in reports:
        when = arrival(report).strftime('%a %b %d %H:%M:%S %Y')
        lines += [f'From postmaster@{report.sender.host} {when}',
                  *mail(report)]
    write(root, 'postfix.mbox', '\n'.join(lines).encode() + b'\n')


def write_zips(root, reports):
    """The reports of a week in one zip."""
    weeks = {}
    for report in reports:
        weeks.setdefault(report.day.isocalendar()[:2], []).append(report)
    for (year, week), members in weeks.items():
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, 'w', zipfile.ZIP_DEFLATED) as archive:
            for report in members:
                info = zipfile.ZipInfo(senders.file_name(report, 'json'))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, senders.as_json(report))
        write(root, f'zips/{year}-W{week:02}.zip', packed.getvalue())


def write_plain(root, reports):
    for report in reports:
        write(root, f'small/{senders.file_name(report, "json")}',
              senders.as_json(report))


# ---- what must not disturb --------------------------------------------------

def write_unusual(root, by_sender, oddities):
    """Read last, for "unusual" stands behind the other names."""
    google = by_sender['google']

    # The same report again, this time as a mail.
    write(root, 'unusual/again-by-mail.eml', mail_octets(google[-1], '\r\n'))
    oddities.duplicates += 1

    # The same key with other counts: the first one read stays.
    other = senders.as_json(google[-2])
    count = google[-2].policies[0].success
    changed = other.replace(b'"total-successful-session-count": %d' % count,
                            b'"total-successful-session-count": %d'
                            % (count + 1))
    assert changed != other
    write(root, 'unusual/other-counts.json', changed)
    oddities.conflicts += 1

    refused = {
        'unusual/cut-off.json.gz':
            gzipped(senders.as_json(google[-3]))[:-40],
        'unusual/error-page.json':
            b'<!DOCTYPE html>\n<title>502 Bad Gateway</title>\n',
        'unusual/vacation.eml':
            b'From: <mia@example.net>\r\nTo: <tlsrpt@example.com>\r\n'
            b'Subject: Out of office\r\n\r\nI am back on Monday.\r\n',
    }
    for path, octets in refused.items():
        write(root, path, octets)
    oddities.refused = sorted(refused)


WRITERS = {
    'google': write_google,
    'microsoft': write_maildir,
    'pochta': write_eml,
    'postfix': write_mbox,
    'stalwart': write_zips,
    'harbour': write_plain,
}


def write_all(root, reports):
    """Writes every report in its container.

    Returns what else an import of the folder meets.
    """
    by_sender = {}
    for report in reports:
        by_sender.setdefault(report.sender.key, []).append(report)
    for key, writer in WRITERS.items():
        if by_sender.get(key):
            writer(root, by_sender[key])
    oddities = Oddities()
    write_unusual(root, by_sender, oddities)
    return oddities
