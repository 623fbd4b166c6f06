# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Collectors and reporters whose clock a file moves, and whom they report to.

TLSRPT_CLOCKED is the program with such a clock; the one that is installed has
none (src/base/clock.c)."""

import atexit
import collections
import email
import gzip
import json
import os
import sqlite3
import subprocess
import threading
import time

import collecting
import peers
from tap import FOLDER, environment, ok, path, write

CLOCKED = os.environ.get('TLSRPT_CLOCKED')
WAIT = 120
DAY_S = 86400


class Clock:
    """Days are numbered from 0, which begins with the day the test runs on."""

    def __init__(self):
        self.file = path('offset')
        self.first = int(time.time()) // DAY_S * DAY_S
        self.offset = 0
        self.set(0, 0)

    def set(self, day, second):
        """Goes on from there. Replaced whole: a reader never finds half."""
        self.advance(self.first + day * DAY_S + second - self.now())

    def advance(self, seconds):
        offset = self.offset + seconds
        with open(self.file + '.new', 'w', encoding='ascii') as f:
            f.write('%d\n' % offset)
        os.rename(self.file + '.new', self.file)
        self.offset = offset

    def now(self):
        return int(time.time()) + self.offset

    def name(self, day):
        return time.strftime('%F', time.gmtime(self.first + day * DAY_S))

    def text(self):
        now = self.now() - self.first
        return 'day %d, %02d:%02d' % (now // DAY_S, now % DAY_S // 3600,
                                      now % 3600 // 60)


def end(daemon):
    """Where a test breaks off, nothing of it goes on."""
    if daemon.is_running():
        daemon.process.kill()


def rows(name, query):
    """Answers of a file of the program, whoever writes to it."""
    db = sqlite3.connect('file:%s?mode=ro' % path(name), uri=True,
                         timeout=WAIT)
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


class Collector(collecting.Collector):
    program = CLOCKED

    def __init__(self, name, clock):
        super().__init__(name, TLSRPT_CLOCK_OFFSET=clock.file)
        self.name = name
        atexit.register(end, self)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def rows(self):
        """[(day, domain, reason of a failure or None, sessions, failures)]"""
        if not os.path.exists(self.tally):
            return []
        return [(row.day, row.domain, json.loads(row.detail)[
                    'failure-reason-code'] if row.detail else None,
                 row.sessions, row.failures)
                for row in collecting.tally_rows(self.tally)]


CONFIG = '''
report {{
    organization = "{name}"
    contact = "tls@{name}"
    {signature}
    tallies = {{ {tallies} }}
    outbox = "{outbox}"
    relay = "smtp://127.0.0.1:{relay}"
    https_ca_file = "{ca}"
    allow_private = yes
    spread = {spread}
    max_a_minute = 0
    {more}
}}
'''


class Reporter:
    """The program as a daemon, with an outbox of its own."""

    def __init__(self, name, clock, collectors, relay, ca='', key=None,
                 spread='1h', more=''):
        self.name, self.clock, self.process = name, clock, None
        self.outbox = name + '.outbox.db'
        self.log = path(name + '.log')
        atexit.register(end, self)
        signature = ('dkim_selector = "s1"\n    dkim_key = "%s"' % key if key
                     else 'signed_by_relay = yes')
        self.config = write(name + '.conf', CONFIG.format(
            name=name, signature=signature, outbox=path(self.outbox),
            tallies=', '.join('"%s"' % c.tally for c in collectors),
            relay=relay, ca=ca or '/dev/null', spread=spread, more=more))

    def start(self):
        with open(self.log, 'ab') as log:
            self.process = subprocess.Popen(
                [CLOCKED, 'report', '-v', '--config', self.config], stderr=log,
                env=environment(TLSRPT_CLOCK_OFFSET=self.clock.file))
        return self

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        peers.kill(self.process)

    def stop(self):
        self.process.terminate()
        return self.process.wait(WAIT)

    def talk(self):
        with open(self.log, encoding='utf-8', errors='replace') as f:
            return f.read()

    def rows(self, query):
        return rows(self.outbox, query) if os.path.exists(
            path(self.outbox)) else []

    def open_tries(self):
        """(report-id, URI) of each try that was begun and not noted."""
        return set(self.rows('SELECT r.report_id, uri FROM delivery d'
                             ' JOIN report r ON r.id = d.report_id'
                             ' WHERE is_open != 0'))

    def is_settled(self, day):
        """Whether all is done that is due now, with the reports of days up to
        this one made."""
        last = self.clock.first // DAY_S + day
        try:
            made = self.rows('SELECT max(day) FROM day')
            due = self.rows('SELECT count(*) FROM delivery WHERE state = 0 AND'
                            ' next_at <= %d' % (self.clock.now() + 1))
        except sqlite3.Error:
            return False
        return bool(made) and made[0][0] == last and due[0][0] == 0

    def settle(self, day):
        """Waits until it is. Whoever was killed is started, and another minute
        begins now and then: days are looked at once a minute."""
        begun = time.monotonic()
        looked = begun
        while not self.is_settled(day):
            if not self.is_running():
                self.start()
            if time.monotonic() > begun + WAIT:
                return ok(False, '%s does what is due on %s' % (
                    self.name, self.clock.text()), self.talk()[-3000:])
            if time.monotonic() > looked + 2:
                self.clock.advance(60)
                looked = time.monotonic()
            time.sleep(0.05)
        return True


# One time that a report came to one destination.
Arrival = collections.namedtuple('Arrival',
                                 'report uri octets is_taken content')


class Ledger:
    """What came to all destinations, and when reporters were killed, in order.

    answer: called before each answer; returns whether to take it."""

    def __init__(self, answer=lambda: True):
        self.lock, self.events = threading.Lock(), []
        self.answer, self.n_busy = answer, 0

    def take(self, uri, octets, packed):
        report = json.loads(gzip.decompress(packed))
        is_taken = self.answer()
        with self.lock:
            self.events.append(Arrival(report['report-id'], uri, octets,
                                       is_taken, report))
        return is_taken

    def note_kill(self, tries):
        """tries: those that stood open when it was killed."""
        self.wait_idle()
        with self.lock:
            self.events.append(tries)

    def busy(self, n):
        with self.lock:
            self.n_busy += n

    def wait_idle(self):
        """Until what the dead have sent is read."""
        until = time.monotonic() + WAIT
        while self.n_busy and time.monotonic() < until:
            time.sleep(0.01)

    def arrivals(self):
        with self.lock:
            return [e for e in self.events if isinstance(e, Arrival)]


class Counted:
    """A server that tells its ledger how many connections it serves."""

    def process_request(self, *words):
        self.ledger.busy(1)
        super().process_request(*words)

    def process_request_thread(self, *words):
        try:
            super().process_request_thread(*words)
        finally:
            self.ledger.busy(-1)


def payload_of(mail):
    """The compressed report of a mail."""
    for part in email.message_from_bytes(mail).walk():
        if part.get_content_type() == 'application/tlsrpt+gzip':
            return part.get_payload(decode=True)
    raise ValueError('a mail without a report')


class Relay(Counted, peers.MailServer):
    """Takes mails, or says 451. got: as that of peers.MailServer."""

    def __init__(self, ledger):
        self.ledger, self.mine = ledger, threading.local()
        super().__init__(got=self.take)

    def take(self, recipients, octets):
        taken = [self.ledger.take('mailto:' + r, octets, payload_of(octets))
                 for r in recipients]
        self.mine.answer = ('250 2.0.0 taken' if all(taken)
                            else '451 4.3.0 later')

    @property
    def answer(self):
        return self.mine.answer

    @answer.setter
    def answer(self, value):
        pass


class Posts(peers.Answers):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        if len(body) < int(self.headers['Content-Length']):
            raise OSError('it broke off')
        uri = 'https://localhost:%d%s' % (self.server.port, self.path)
        self.send_response(200 if self.server.ledger.take(uri, body, body)
                           else 500)
        self.send_header('Content-Length', '0')
        self.end_headers()


class Endpoint(Counted, peers.HttpsServer):
    """Takes posts, or says 500."""

    def __init__(self, ledger, certificate, key):
        self.ledger = ledger
        super().__init__(certificate, key)
        self.RequestHandlerClass = Posts


def make_authority():
    return peers.make_authority(FOLDER)
