# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Servers that reports are delivered to, which answer as a test wants them to."""

import http.server
import os
import signal
import socketserver
import ssl
import subprocess
import threading

PATIENCE = 60


class Threaded(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Mail(socketserver.StreamRequestHandler):
    """SMTP, or LMTP; what it does is its server's."""

    timeout = PATIENCE

    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def content(self):
        lines = []
        while True:
            line = self.rfile.readline()
            if line == b'':
                raise OSError('it broke off')
            if line == b'.\r\n':
                return b''.join(lines)
            lines.append(line[1:] if line.startswith(b'.') else line)

    def handle(self):
        try:
            self.talk()
        except (OSError, ValueError):
            pass

    def talk(self):
        server, recipients, sender = self.server, [], ''
        self.say('220 peer.example')
        while True:
            line = self.rfile.readline().decode('latin-1').strip()
            verb = line.upper().split(' ')[0]
            server.lines.append(line)
            if verb == '':
                return
            if verb in ('EHLO', 'LHLO', 'HELO'):
                for word in server.offers:
                    self.say('250-' + word)
                self.say('250 PIPELINING')
            elif verb == 'STARTTLS':
                self.say('220 go ahead')
                # Octets that come with the answer are another failure.
                self.rfile.read(1)
                self.wfile.write(b'this is no TLS at all\r\n')
                return
            elif verb == 'AUTH':
                self.say(server.login)
            elif verb == 'MAIL':
                sender, recipients = line[10:].split('>')[0].lstrip('<'), []
                self.say('250 Ok')
            elif verb == 'RCPT':
                recipients.append(line[8:].split('>')[0].lstrip('<'))
                self.say('250 Ok')
            elif verb == 'DATA':
                self.say('354 go on')
                octets = self.content()
                server.mails.append((sender, recipients, octets))
                server.got(recipients, octets)
                if server.is_silent:
                    self.rfile.read()
                    return
                for _ in recipients if server.is_lmtp else recipients[:1]:
                    self.say(server.answer)
            elif verb == 'QUIT':
                self.say('221 bye')
                return
            else:
                self.say('250 Ok')


class MailServer(Threaded):
    """Keeps (sender, recipients, octets) of each mail."""

    def __init__(self, is_lmtp=False, offers=(), answer='250 2.0.0 kept as 1',
                 is_silent=False, login='235 welcome', got=None):
        super().__init__(('127.0.0.1', 0), Mail)
        self.is_lmtp, self.offers, self.answer = is_lmtp, offers, answer
        self.is_silent, self.login = is_silent, login
        self.mails, self.lines = [], []
        self.got = got or (lambda recipients, octets: None)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass


class Answers(http.server.BaseHTTPRequestHandler):
    """/STATUS/... answers with that status; some names do other things."""

    protocol_version = 'HTTP/1.1'
    timeout = PATIENCE

    def do_GET(self):
        self.server.requests.append(('GET', self.path, {}, b''))
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.requests.append(('POST', self.path, dict(self.headers),
                                     body))
        self.server.got(self.path)
        what = self.path.split('/')[1]
        if what == 'silence':
            self.rfile.read()
            return
        if what == 'close':
            self.close_connection = True
            return
        self.send_response(int(what) if what.isdigit() else 200)
        if what in ('301', '302', '307', '308'):
            self.send_header('Location', '/200/moved')
        if what in ('429', '503'):
            self.send_header('Retry-After', '7200')
        self.send_header('Set-Cookie', 'a=b')
        if what == 'endless':
            self.end_headers()
            while True:
                self.wfile.write(b'x' * 65536)
        self.send_header('Content-Length', '2')
        self.end_headers()
        self.wfile.write(b'ok')

    def log_message(self, *words):
        pass


class HttpsServer(http.server.ThreadingHTTPServer):
    """Keeps (method, path, fields, body) of each request."""

    daemon_threads = True

    def __init__(self, certificate, key, got=None):
        super().__init__(('127.0.0.1', 0), Answers)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context = context
        self.requests = []
        self.got = got or (lambda path: None)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        # The handshake in the connection's own thread.
        try:
            with self.context.wrap_socket(request, server_side=True) as s:
                self.RequestHandlerClass(s, client_address, self)
        except (OSError, ValueError):
            pass

    def handle_error(self, request, client_address):
        pass


def make_authority(folder):
    """A test authority, a certificate of it for localhost, and one of nobody.
    Their paths: (ca, (certificate, key), (certificate, key))."""
    def at(name):
        return os.path.join(folder, name)

    def openssl(*words):
        subprocess.run(['openssl', *words], check=True, capture_output=True)

    def make(name, *words):
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                '-keyout', at(name + '.key'), '-out', at(name + '.pem'), *words)
        return at(name + '.pem'), at(name + '.key')

    ca = make('ca', '-subj', '/CN=Test authority')
    stranger = make('stranger', '-subj', '/CN=localhost', '-addext',
                    'subjectAltName=DNS:localhost')
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost',
            '-keyout', at('good.key'), '-out', at('good.csr'))
    with open(at('good.ext'), 'w', encoding='ascii') as f:
        f.write('subjectAltName=DNS:localhost\n')
    openssl('x509', '-req', '-in', at('good.csr'), '-CA', ca[0], '-CAkey',
            ca[1], '-CAcreateserial', '-days', '2', '-extfile', at('good.ext'),
            '-out', at('good.pem'))
    return ca[0], (at('good.pem'), at('good.key')), stranger


def kill(process):
    """Ends a process as a crash would, and waits until it has."""
    process.send_signal(signal.SIGKILL)
    process.wait()
