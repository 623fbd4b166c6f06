# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A server that takes reports by HTTPS, and who brings them well or badly."""

import http.client
import re
import selectors
import socket
import subprocess
import threading
import time

from serving import SECOND_WAIT, Server, everything
from tap import environment, path

REPORT = (
    '{"organization-name":"sender","report-id":"%s",'
    '"date-range":{"start-datetime":"2026-10-01T00:00:00Z",'
    '"end-datetime":"2026-10-01T23:59:59Z"},"contact-info":"tls@sender.example"'
    ',"policies":[{"policy":{"policy-type":"sts","policy-domain":"example.com"},'
    '"summary":{"total-successful-session-count":3}}]}')
POST = '/v1/tlsrpt'
GZIP = ('-H', 'Content-Type: application/tlsrpt+gzip')
JSON = ('-H', 'Content-Type: application/tlsrpt+json')


def report(name):
    return (REPORT % name).encode()


class Intake(Server):
    """`tlsrpt serve` that takes reports by HTTP or HTTPS on a free port."""

    def __init__(self, store, *words, at='127.0.0.1:0', secret=POST):
        super().__init__(store, '--domain', 'example.com',
                         '--listen-intake', at, '--intake-secret-path',
                         secret, *words)
        line = self.process.stdout.readline().decode()
        if 'LMTP' in line:
            line = self.process.stdout.readline().decode()
        met = re.fullmatch(
            r'taking reports by HTTPS at ((https?)://(\S+):(\d+)|unix:\S+)\n',
            line)
        if not met:
            raise RuntimeError('no address in %r' % line)
        self.url, self.post_port = met[1], int(met[4] or 0)

    def reports(self):
        page = self.get('reports', **{'from': 'all', 'limit': 200})
        return len(page['reports'])

    def ids(self):
        ids, cursor = [], None
        while True:
            page = self.get('reports', **{'from': 'all', 'limit': 200},
                            **({'cursor': cursor} if cursor else {}))
            ids += [row['report_id'] for row in page['reports']]
            cursor = page['next_cursor']
            if not cursor:
                return ids

    def connect(self):
        s = socket.create_connection(('127.0.0.1', self.post_port), SECOND_WAIT)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s

    def raw(self, octets, is_all=False):
        """Octets as they are; all that comes back until the other side ends."""
        with self.connect() as s:
            try:
                s.sendall(octets)
                if is_all:
                    s.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before it was whole; the answer tells
            return everything(s)

    def client(self):
        return http.client.HTTPConnection('127.0.0.1', self.post_port,
                                          timeout=SECOND_WAIT)


class Answered:
    """What curl was answered."""

    def __init__(self, head, body, trouble):
        blocks = [b for b in head.decode('latin-1').split('\r\n\r\n') if b]
        last = blocks[-1].split('\r\n') if blocks else ['HTTP/1.1 0']
        self.status = int(last[0].split()[1])
        self.headers = {k.lower(): v.strip() for k, _, v in
                        (line.partition(':') for line in last[1:])}
        self.body, self.trouble = body, trouble


def curl(url, *words, body=None):
    """One request by curl. body: octets to post."""
    head = path('curl-head-%d' % threading.get_ident())
    open(head, 'wb').close()
    data = () if body is None else ('--data-binary', '@-')
    p = subprocess.run(
        ['curl', '-sS', '--max-time', '20', '-D', head, *data, *words, url],
        input=body or b'', stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(), timeout=60)
    with open(head, 'rb') as f:
        return Answered(f.read(), p.stdout, p.stderr.decode())


def request(body=b'', *fields, target='/v1/tlsrpt', method='POST',
            version='HTTP/1.1', has_length=True):
    lines = ['%s %s %s' % (method, target, version), 'Host: reports.example']
    if has_length:
        lines.append('Content-Length: %d' % len(body))
    return '\r\n'.join([*lines, *fields, '', '']).encode('latin-1') + body


def statuses(octets):
    """The status of each answer in what came back."""
    return [int(s) for s in re.findall(rb'HTTP/1\.[01] (\d{3}) ', octets)]


class Drips(threading.Thread):
    """Many connections that send one octet a second, as long as they may."""

    def __init__(self, intake, n, begin=b'', drip=b'POST /v1/tlsrpt HTTP/1.1'):
        super().__init__(daemon=True)
        self.began = time.monotonic()
        self.ended, self.is_over, self._drip = [], False, drip
        self._selector = selectors.DefaultSelector()
        self._left = n
        for _ in range(n):
            s = intake.connect()
            s.sendall(begin)
            s.setblocking(False)
            self._selector.register(s, selectors.EVENT_READ)
        self.start()

    def _end(self, s):
        self.ended.append(time.monotonic() - self.began)
        self._selector.unregister(s)
        s.close()
        self._left -= 1

    def _hear(self, until):
        while self._left and time.monotonic() < until:
            for key, _ in self._selector.select(until - time.monotonic()):
                try:
                    is_open = key.fileobj.recv(4096) != b''
                except ConnectionError:
                    is_open = False
                if not is_open:
                    self._end(key.fileobj)

    def run(self):
        i = 0
        while self._left and not self.is_over:
            for key in list(self._selector.get_map().values()):
                try:
                    key.fileobj.send(self._drip[i % len(self._drip):][:1])
                except ConnectionError:
                    self._end(key.fileobj)
            i += 1
            self._hear(time.monotonic() + 1)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()

    def wait(self, seconds):
        """Seconds after which each was ended; missing = not yet."""
        self.join(max(0.1, self.began + seconds - time.monotonic()))
        return self.ended
