# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A running `tlsrpt serve`, and clients that ask it well or badly."""

import gzip
import http.client
import json
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

from tap import TLSRPT, environment

SECOND_WAIT = 20


class Server:
    """`tlsrpt serve` on a free port, over a store."""

    def __init__(self, store, *words, listen='127.0.0.1:0', env=None):
        self.process = subprocess.Popen(
            [TLSRPT, 'serve', '--listen', listen, '--store', store, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env or environment())
        line = self.process.stdout.readline().decode()
        met = re.fullmatch(r'serving http://(\S+):(\d+)/\n', line)
        if not met:
            self.process.kill()
            raise RuntimeError('no address in %r: %s' % (
                line, self.process.stderr.read().decode()))
        self.host, self.port = met[1].strip('[]'), int(met[2])
        self.name = '%s:%d' % (met[1], self.port)
        self.talk = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        self.talk.extend(self.process.stderr)

    def stop(self, number=signal.SIGTERM):
        """Sends a signal. Status, seconds until the end, what was said."""
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            status = self.process.wait(SECOND_WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = 'still running'
        took = time.monotonic() - began
        self._reader.join(SECOND_WAIT)
        return status, took, b''.join(self.talk).decode('utf-8', 'replace')

    def ask(self, target, method='GET', headers=None, body=None):
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port,
                                                timeout=SECOND_WAIT)
        try:
            connection.request(method, target, body=body,
                               headers={'Host': self.name, **(headers or {})})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, **parameters):
        """The JSON of a question under /api/v1/; fails loudly."""
        query = urllib.parse.urlencode(parameters)
        answer = self.ask('/api/v1/' + path + ('?' + query if query else ''))
        if answer.status != 200:
            raise RuntimeError('%s?%s: %d %s' % (path, query, answer.status,
                                                 answer.body[:300]))
        return answer.json()

    def send(self, octets, is_all=True):
        """Octets as they are; all that comes back until the other side ends.
        is_all: say by a half-closed connection that no more will come."""
        with socket.create_connection((self.host, self.port),
                                      SECOND_WAIT) as s:
            try:
                s.sendall(octets)
                if is_all:
                    s.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass  # refused before it was whole; the answer tells
            return everything(s)

    def send_lines(self, *lines):
        """A request line and header lines. The status that comes back."""
        lines = lines[:1] + ('Connection: close',) + lines[1:] + ('', '')
        answer = self.send('\r\n'.join(lines).encode('latin-1'), False)
        met = re.match(rb'HTTP/1\.[01] (\d{3}) ', answer)
        return int(met[1]) if met else answer


class Answer:
    """What came back."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        body = self.body
        if self.headers.get('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        return json.loads(body.decode('utf-8'), parse_constant=refuse)

    def header(self, name):
        return self.headers.get(name, '')


def refuse(name):
    raise ValueError(name + ' is no JSON')


def everything(s):
    pieces = []
    while True:
        try:
            piece = s.recv(65536)
        except ConnectionError:
            break
        if not piece:
            break
        pieces.append(piece)
    return b''.join(pieces)


class Slow:
    """Clients that send one octet a second and never end."""

    def __init__(self, server, n, octets=b'GET /api/v1/status HTTP/1.1\r\n'):
        self.began = time.monotonic()
        self.ended = []
        self._octets = octets
        self._threads = [threading.Thread(target=self._drip, args=(server,),
                                          daemon=True) for _ in range(n)]
        for thread in self._threads:
            thread.start()

    def _drip(self, server):
        with socket.create_connection((server.host, server.port), 60) as s:
            s.settimeout(1)
            for i in range(60):
                try:
                    at = i % len(self._octets)
                    s.sendall(self._octets[at:at + 1])
                    if not s.recv(4096):
                        break
                except socket.timeout:
                    continue
                except ConnectionError:
                    break
            else:
                return
        self.ended.append(time.monotonic() - self.began)

    def wait(self):
        """Seconds after which each was cut off; missing = never."""
        for thread in self._threads:
            thread.join(70)
        return self.ended
