# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Outboxes with deliveries of a test, and a reporter that brings them."""

import base64
import gzip
import json
import os
import subprocess

from tap import holds, ok, path, same, write

FILL, RUN = os.environ.get('OUTBOX_FILL'), os.environ.get('REPORT_RUN')
DAY = '2026-11-20'
WAIT = 60
FIRST = (240, 390)  # five minutes, a fifth more or less, and the try itself
AGAIN = (7200, 7260)  # as the server asked, and the try itself
REPORT = {
    'organization-name': 'Example',
    'date-range': {'start-datetime': DAY + 'T00:00:00Z',
                   'end-datetime': DAY + 'T23:59:59Z'},
    'contact-info': 'tls@mta.example.org',
    'report-id': '20261120.%s.4f2c91@mta.example.org',
    'policies': [{
        'policy': {'policy-type': 'no-policy-found', 'policy-domain': '%s'},
        'summary': {'total-successful-session-count': 7,
                    'total-failure-session-count': 0},
        'failure-details': []}],
}


def payload(domain):
    return gzip.compress(json.dumps(REPORT).replace('%s', domain).encode(),
                         mtime=0)


def make_key():
    """A key to sign with, rsa.pem. What its record says of it."""
    subprocess.run(['openssl', 'genpkey', '-out', path('rsa.pem'),
                    '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
                   check=True, capture_output=True)
    os.chmod(path('rsa.pem'), 0o600)
    return base64.b64encode(subprocess.run(
        ['openssl', 'pkey', '-in', path('rsa.pem'), '-pubout', '-outform',
         'DER'], check=True, capture_output=True).stdout).decode()


_number = [0]


class Outbox:
    """An outbox of its own with a delivery for each (domain, uri)."""

    ca = ''  # of HTTPS endpoints

    def __init__(self, *pairs):
        _number[0] += 1
        self.name = f'outbox{_number[0]}.db'
        self.url = 'sqlite:' + path(self.name)
        for domain, uri in pairs:
            subprocess.run([FILL, self.url,
                            write('payload', payload(domain)), DAY,
                            f'{domain}={uri}'], check=True)

    def start(self, **options):
        """Runs the reporter; `once` unless told otherwise."""
        options = {'outbox': self.url, 'once': 1, 'key': path('rsa.pem'),
                   'selector': 's1', 'ca': self.ca, **options}
        self.process = subprocess.Popen(
            [RUN] + [f'{k.replace("_", "-")}={v}' for k, v in options.items()],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return self.process

    def run(self, **options):
        """Runs it to its end. What it printed."""
        out, talk = self.start(**options).communicate(timeout=WAIT * 3)
        self.talk = talk.decode()
        return out.decode().strip()

    def list(self):
        """Of each delivery (state, tries, seconds to the next, answer)."""
        out = subprocess.run([FILL, self.url], check=True,
                             capture_output=True).stdout.decode()
        rows = [line.split('\t') for line in out.splitlines()]
        return [(r[1], int(r[2]), int(r[3]), r[4]) for r in rows]

    def only(self):
        rows = self.list()
        same(len(rows), 1, 'one delivery')
        return rows[0]


def check(outbox, state, part, text, tries=1, seconds=None):
    """What became of the only delivery."""
    met = outbox.only()
    same(met[:2], (state, tries), f'{text}: {state}')
    holds(met[3], part, f'{text}: its answer')
    if seconds:
        ok(seconds[0] <= met[2] <= seconds[1],
           f'{text}: again in {seconds[0]} to {seconds[1]} seconds', met)
