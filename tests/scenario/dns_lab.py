# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A name server on loopback that serves a signed root of its own.

NSD answers for the root, for `example.` and for the zones below it that a
scenario names. What asks it has Lab.address as its resolver and Lab.anchor as its
trust anchor.

    lab = Lab(path('dns'), {'sender.example': ['@ TXT "hello"'], ...})
    lab.set('sender.example', [...])   # signed and served when it returns
    lab.stop(); lab.start()
"""

import os
import shutil
import socket
import struct
import subprocess
import time

PROGRAMS = ('nsd', 'ldns-keygen', 'ldns-signzone')
SIGNED, UNSIGNED, EXPIRED = 'signed', 'unsigned', 'expired'
CONF = """server:
    ip-address: 127.0.0.1@{port}
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    logfile: "{folder}/nsd.log"
    server-count: 1
    reuseport: no
remote-control:
    control-enable: no
"""


def missing():
    """The first program that is not installed, or None."""
    os.environ['PATH'] += ':/usr/sbin:/sbin'
    return next((p for p in PROGRAMS if not shutil.which(p)), None)


def free_port():
    """A port that is free for UDP and TCP."""
    for _ in range(50):
        with socket.socket() as tcp, \
                socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(('127.0.0.1', 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind(('127.0.0.1', port))
            except OSError:
                continue
            return port
    raise RuntimeError('no port is free')


def text(octets):
    """A TXT record's data of strings of 255 octets."""
    pieces = [octets[i:i + 255] for i in range(0, len(octets), 255)] or ['']
    return 'TXT ' + ' '.join('"%s"' % p.replace('\\', '\\\\').replace('"', '\\"')
                             for p in pieces)


class Lab:
    """The server and its zones; a zone is SIGNED unless `kinds` says else."""

    def __init__(self, folder, zones, kinds=None):
        self.folder = folder
        self.kinds = {'.': SIGNED, 'example': SIGNED, **(kinds or {})}
        self.zones = dict(zones)
        self.process = None
        self.serials = {}
        os.makedirs(folder, exist_ok=True)
        for zone in ('.', 'example', *zones):
            if self._kind(zone) != UNSIGNED:
                self._make_key(zone)
        for zone in (*zones, 'example', '.'):
            self._write(zone)
        self.anchor = self._file('.') + '.ds'
        self.port = self.address = None
        self.start()

    def _kind(self, zone):
        return self.kinds.get(zone, SIGNED)

    def _file(self, zone):
        return os.path.join(self.folder,
                            'root' if zone == '.' else zone + '.zone')

    def _run(self, *words):
        return subprocess.run(words, cwd=self.folder, check=True, text=True,
                              capture_output=True).stdout.strip()

    def _make_key(self, zone):
        """One key that signs keys and all else."""
        base = self._run('ldns-keygen', '-k', '-a', 'ECDSAP256SHA256', zone)
        for end in ('key', 'private', 'ds'):
            os.rename(os.path.join(self.folder, base + '.' + end),
                      self._file(zone) + '.' + end)

    def _ds(self, zone):
        with open(self._file(zone) + '.ds', encoding='ascii') as f:
            return [f.read().strip()]

    def _below(self, zone):
        """Delegations of the root and of example."""
        below = ['example'] if zone == '.' else list(self.zones)
        for child in below:
            yield '%s. NS ns.%s.' % (child, child)
            yield 'ns.%s. A 127.0.0.1' % child
            if self._kind(child) != UNSIGNED:
                yield from self._ds(child)

    def _write(self, zone):
        """Writes a zone, and signs it."""
        name = '.' if zone == '.' else zone + '.'
        self.serials[zone] = self.serials.get(zone, 0) + 1
        lines = ['$ORIGIN %s' % name, '$TTL 60',
                 '@ SOA ns hostmaster %d 3600 600 86400 60'
                 % self.serials[zone],
                 '@ NS ns', 'ns A 127.0.0.1']
        if zone in self.zones:
            lines += self.zones[zone]
        else:
            lines += self._below(zone)
        plain = self._file(zone) + '.plain'
        with open(plain, 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines) + '\n')
        signed = self._file(zone) + '.signed'
        if self._kind(zone) == UNSIGNED:
            shutil.copyfile(plain, signed)
        else:
            times = ('20200101000000', '20200201000000') \
                if self._kind(zone) == EXPIRED \
                else ('20200101000000', '20370101000000')
            self._run('ldns-signzone', '-n', '-i', times[0], '-e', times[1],
                      '-o', name, '-f', signed + '.new', plain,
                      self._file(zone))
            os.rename(signed + '.new', signed)

    def start(self):
        """Starts NSD, at the same port where it ran before."""
        for _ in range(5):
            port = self.port or free_port()
            conf = os.path.join(self.folder, 'nsd.conf')
            with open(conf, 'w', encoding='utf-8') as f:
                f.write(CONF.format(port=port, folder=self.folder))
                for zone in ('.', 'example', *self.zones):
                    f.write('zone:\n    name: "%s"\n    zonefile: "%s.signed"\n'
                            % (zone, self._file(zone)))
            self.process = subprocess.Popen(
                ['nsd', '-d', '-c', conf], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            if self._answers('.', port):
                self.port, self.address = port, '127.0.0.1@%d' % port
                return
            self.stop()
        with open(os.path.join(self.folder, 'nsd.log'), encoding='utf-8') as f:
            raise RuntimeError('NSD does not start: ' + f.read())

    def stop(self):
        """Ends NSD: questions are not answered any more."""
        self.process.terminate()
        self.process.wait()

    def set(self, zone, lines):
        """Other records in a zone, served when this returns."""
        self.zones[zone] = lines
        self._write(zone)
        self.stop()
        self.start()

    def _answers(self, zone, port, seconds=10):
        """Asks for the SOA of a zone until it is there."""
        labels = [x for x in zone.split('.') if x]
        question = struct.pack('>HHHHHH', 4711, 0, 1, 0, 0, 0) + b''.join(
            bytes([len(x)]) + x.encode() for x in labels) + b'\0\0\6\0\1'
        end = time.monotonic() + seconds
        with socket.socket(type=socket.SOCK_DGRAM) as s:
            s.settimeout(0.1)
            s.connect(('127.0.0.1', port))
            while time.monotonic() < end and self.process.poll() is None:
                try:
                    s.send(question)
                    answer = s.recv(4096)
                except OSError:
                    time.sleep(0.02)
                    continue
                if answer[3] & 15 == 0 and answer[7]:
                    return True
        return False
