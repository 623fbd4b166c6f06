# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A collector that runs, mail servers that send to it, and what it stored.

What is counted here shares no line with the program: it is written from the
description of the datagram alone."""

import collections
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from tap import FOLDER, TLSRPT, environment, path, run, skip_all

QUEUE = 512
PATIENCE = 60


def enter_namespace(script):
    """A network of our own, in which the queue of a socket is as long as
    systemd makes it on a host."""
    if os.environ.get('TLSRPT_NAMESPACE'):
        with open('/proc/sys/net/unix/max_dgram_qlen', 'w',
                  encoding='ascii') as f:
            f.write(str(QUEUE))
        return
    kinds = ['-n'] if os.geteuid() == 0 else ['-U', '--map-root-user', '-n']
    if not shutil.which('unshare') or subprocess.run(
            ['unshare', *kinds, 'sh', '-c',
             'echo 512 > /proc/sys/net/unix/max_dgram_qlen'],
            stderr=subprocess.DEVNULL, check=False).returncode:
        skip_all('no network namespace can be had here')
    os.environ['TLSRPT_NAMESPACE'] = '1'
    os.execvp('unshare', ['unshare', *kinds, sys.executable, script])


def additions(octets):
    """What one row of the tail adds: day, four numbers of texts, sessions and
    failures each; between a format and a check sum, as store/tally_tail.c has it.
    """
    numbers, number, shift = [], 0, 0
    for octet in octets[1:-8]:
        number |= (octet & 0x7f) << shift
        shift += 7
        if octet < 0x80:
            numbers.append(number >> 1 ^ -(number & 1))
            number = shift = 0
    return [numbers[i:i + 7] for i in range(0, len(numbers), 7)]


Row = collections.namedtuple(
    'Row', 'day domain record policy detail sessions failures')


def tally_rows(file):
    """All that a tally holds, its rows and its tail, whoever writes to it."""
    with contextlib.closing(sqlite3.connect('file:%s?mode=ro' % file, uri=True,
                                            timeout=60)) as db:
        db.execute('BEGIN')
        texts = dict(db.execute('SELECT id, text FROM text'))
        sums = {tuple(row[:5]): list(row[5:]) for row in db.execute(
            'SELECT day, domain_id, record_id, policy_id, detail_id,'
            ' sessions, failures FROM tally')}
        for octets, in db.execute('SELECT octets FROM tail'):
            for *key, sessions, failures in additions(octets):
                sums[tuple(key)][0] += sessions
                sums[tuple(key)][1] += failures
    return [Row(key[0], *(texts[at] for at in key[1:]), *counts)
            for key, counts in sums.items()]


class Collector:
    """The program, at a socket and a tally of its own."""

    program = TLSRPT

    def __init__(self, name, *options, **more):
        self.socket, self.tally = path(name + '.sock'), path(name + '.db')
        self.samples = path(name + '.malformed')
        self.options, self.more = options, more
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, 'collect', '--socket', self.socket, '--store', self.tally,
             '--samples', self.samples, *self.options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(**self.more))
        self.process.stdout.readline()
        return self

    def stop(self):
        """Its exit status and what it logged."""
        self.process.send_signal(signal.SIGTERM)
        talk = self.process.communicate(timeout=PATIENCE)[1].decode()
        return self.process.returncode, talk

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def status(self):
        told = run('collect', '--status', '--format=json', '--store',
                   self.tally)
        return json.loads(told.out) if told.status == 0 else {}

    def settled(self, received):
        """The counters once so many have come and all is stored."""
        counters = {}
        for _ in range(PATIENCE * 10):
            counters = self.status()
            if (counters.get('received_total') == received and
                    counters.get('uncommitted') == 0):
                break
            time.sleep(0.1)
        return counters

    def send(self, octets, flags=socket.MSG_DONTWAIT):
        """As libtlsrpt does: unbound, unconnected, new each time.
        False where it is lost."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            try:
                s.sendto(octets, flags, self.socket)
            except (BlockingIOError, ConnectionRefusedError,
                    FileNotFoundError):
                return False
        return True

    def send_surely(self, octets):
        while not self.send(octets):
            time.sleep(0.001)

    def sums(self):
        """What is stored, as the counting below has it."""
        found = collections.Counter()
        for row in tally_rows(self.tally):
            key = (row.domain, row.record, frozen(row.policy),
                   frozen(row.detail))
            found[key + ('sessions',)] += row.sessions
            found[key + ('failures',)] += row.failures
        return +found

    def sessions(self):
        """All sessions of all policies."""
        return sum(n for key, n in self.sums().items()
                   if key[3] is None and key[4] == 'sessions')


def frozen(text):
    """A JSON object that can be compared whatever the order of its members."""
    if not text:
        return None
    return json.dumps(json.loads(text), sort_keys=True)


# ---- Counting, independently ------------------------------------------------

POLICIES = {1: 'tlsa', 2: 'sts', 9: 'no-policy-found'}
RESULTS = {201: 'starttls-not-supported', 202: 'certificate-host-mismatch',
           203: 'certificate-not-trusted', 204: 'certificate-expired',
           205: 'validation-failure', 301: 'sts-policy-fetch-error',
           302: 'sts-policy-invalid', 303: 'sts-webpki-invalid',
           304: 'tlsa-invalid', 305: 'dnssec-invalid', 306: 'dane-required'}
UNTRUSTED = ('unable_to_get_local_issuer_certificate', 'self-signed')


def host(text):
    return text.lower().rstrip('.')


def helo(text):
    """The host name of an EHLO reply: the first word behind the code."""
    line = re.split(r'[\r\n]', text, maxsplit=1)[0]
    word = re.sub(r'^\d{3}[ -]', '', line).split()[0]
    return host(word) if word.isascii() else word


def one_line(text):
    """Free text holds no control characters."""
    return re.sub(r'[\x00-\x1f\x7f]', ' ', text)


def counted_policy(policy, domain):
    made = {'policy-type': POLICIES[policy['policy-type']],
            'policy-domain': host(policy.get('policy-domain') or domain)}
    strings = policy.get('policy-string', [])
    if made['policy-type'] == 'tlsa':
        strings = sorted(' '.join(s.upper().split()) for s in strings)
    if strings and made['policy-type'] != 'no-policy-found':
        made['policy-string'] = strings
    if policy.get('mx-host') and made['policy-type'] == 'sts':
        made['mx-host'] = [host(mx) for mx in policy['mx-host']]
    return made


def counted_failure(failure):
    result = RESULTS[failure['c']]
    reason = failure.get('f', '')
    if result == 'validation-failure' and reason.startswith(UNTRUSTED):
        result = 'certificate-not-trusted'
    made = {'result-type': result}
    for key, name, clean in (
            ('s', 'sending-mta-ip', str), ('n', 'receiving-mx-hostname', host),
            ('h', 'receiving-mx-helo', helo), ('r', 'receiving-ip', str),
            ('a', 'additional-information', one_line),
            ('f', 'failure-reason-code', one_line)):
        if failure.get(key):
            made[name] = clean(failure[key])
    return made


def count(datagrams):
    """The sums that datagrams must make."""
    sums = collections.Counter()
    for octets in datagrams:
        event = json.loads(octets.decode('utf-8', 'replace'))
        domain = host(event['d'])
        for policy in event['policies']:
            about = (domain, event['pr'], frozen(
                json.dumps(counted_policy(policy, domain))))
            sums[about + (None, 'sessions')] += 1
            sums[about + (None, 'failures')] += policy['f']
            # A session that says the same twice has failed so once.
            for detail in {frozen(json.dumps(counted_failure(failure)))
                           for failure in policy.get('failure-details', [])}:
                sums[about + (detail, 'sessions')] += 1
    return +sums


# ---- Datagrams --------------------------------------------------------------

def success(domain):
    return json.dumps({
        'dpv': '1', 'd': domain, 'pr': 'v=TLSRPTv1; rua=mailto:t@' + domain,
        'policies': [{'policy-type': 2, 'policy-domain': domain,
                      'policy-string': ['version: STSv1', 'mode: enforce',
                                        'mx: mx.' + domain],
                      'mx-host': ['mx.' + domain], 't': 0, 'f': 0}]}).encode()


def failure(domain, code=204, reason=None, number=1):
    event = json.loads(success(domain))
    detail = {'c': code, 's': '203.0.113.5', 'n': 'mx.' + domain,
              'h': '250-mx.%s\r\n250 SIZE' % domain,
              'r': '198.51.100.%d' % number}
    if reason:
        detail['f'] = reason
    event['policies'][0].update({'failure-details': [detail], 't': 1, 'f': 1})
    return json.dumps(event).encode()


TEXTS = {'s': 'sending-mta-ip', 'n': 'receiving-mx-hostname',
         'h': 'receiving-mx-helo', 'r': 'receiving-ip',
         'a': 'additional-information', 'f': 'failure-reason-code'}


def words(event):
    """The options that say an event."""
    out = ['--domain', event['d'], '--record', event['pr']]
    for policy in event['policies']:
        out += ['--policy', str(policy['policy-type'])]
        if 'policy-domain' in policy:
            out += ['--policy-domain', policy['policy-domain']]
        for line in policy.get('policy-string', []):
            out += ['--policy-string', line]
        for host in policy.get('mx-host', []):
            out += ['--mx-host', host]
        for failure in policy.get('failure-details', []):
            out += ['--failure', str(failure['c'])]
            for key, name in TEXTS.items():
                if key in failure:
                    out += [f'--{name}={failure[key]}']
        if policy['f'] != bool(policy.get('failure-details')):
            out += ['--result', 'failure' if policy['f'] else 'success']
    return out


def folder_of(name):
    os.makedirs(os.path.join(FOLDER, name), exist_ok=True)
    return os.path.join(FOLDER, name)
