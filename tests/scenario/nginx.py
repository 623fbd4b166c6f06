# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A real nginx of our own, on loopback: root's, or of whoever tests."""

import atexit
import os
import shutil
import socket
import subprocess
import time

WAIT = 60
PROGRAM = shutil.which('nginx', path=os.environ.get('PATH', '') + ':/usr/sbin')

# What is taken goes through a second server, so that its octets are kept. What is
# silent waits for a peer that never answers.
CONFIG = '''
daemon off;
master_process off;
{user}
pid {home}/pid;
error_log {home}/error.log info;
events {{ worker_connections 64; }}
http {{
    log_format said '$server_port $request_method $uri $content_type $status';
    access_log {home}/access.log said;
    client_body_temp_path {home}/bodies;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    server {{
        listen unix:{home}/inner;
        access_log off;
        location /200 {{ return 200 "taken"; }}
        location /201 {{ return 201 "made"; }}
    }}
    server {{
        listen 127.0.0.1:{good} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location ~ ^/20 {{
            client_body_in_file_only on;
            proxy_pass http://unix:{home}/inner:$uri;
        }}
        location /301 {{ return 301 /200; }}
        location /500 {{ return 500; }}
        location /silence {{
            proxy_pass http://127.0.0.1:{silent};
            proxy_read_timeout 600s;
        }}
    }}
    server {{
        listen 127.0.0.1:{strange} ssl;
        ssl_certificate {strange_certificate};
        ssl_certificate_key {strange_key};
        location / {{ return 200; }}
    }}
    server {{
        listen 127.0.0.1:{reject} ssl;
        ssl_reject_handshake on;
    }}
    server {{
        listen 127.0.0.1:{plain};
        location / {{ return 200; }}
    }}
}}
'''
PORTS = ('good', 'strange', 'reject', 'plain')


def missing():
    """What this needs and the machine does not have; '' for nothing."""
    return '' if PROGRAM else 'nginx'


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for each in sockets:
        each.bind(('127.0.0.1', 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Nginx:
    """good, strange, reject, plain: ports of a good certificate, one that nobody
    vouches for, no handshake, no TLS."""

    def __init__(self, folder, good, strange):
        self.home = os.path.join(folder, 'nginx')
        os.mkdir(self.home)
        # Its queue takes the connection, and nobody reads it.
        self.silent = socket.create_server(('127.0.0.1', 0))
        self.certificates = {
            'certificate': good[0], 'key': good[1],
            'strange_certificate': strange[0], 'strange_key': strange[1]}
        # Another may have taken a port by the time it is listened on.
        for _ in range(5):
            if self.start():
                atexit.register(self.stop)
                return
        with open(os.path.join(self.home, 'error.log'), encoding='utf-8') as f:
            raise RuntimeError('nginx does not start: ' + f.read())

    def start(self):
        for name, port in zip(PORTS, free_ports(len(PORTS))):
            setattr(self, name, port)
        config = os.path.join(self.home, 'nginx.conf')
        with open(config, 'w', encoding='utf-8') as f:
            f.write(CONFIG.format(
                home=self.home, silent=self.silent.getsockname()[1],
                user='user root;' if os.geteuid() == 0 else '',
                **{name: getattr(self, name) for name in PORTS},
                **self.certificates))
        self.process = subprocess.Popen(
            [PROGRAM, '-p', self.home, '-e', self.home + '/error.log', '-c',
             config], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + WAIT
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(('127.0.0.1', self.plain)).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def requests(self, port):
        """'METHOD PATH TYPE STATUS' of each that came to a port and ended."""
        with open(self.home + '/access.log', encoding='utf-8') as f:
            return [line.strip().split(' ', 1)[1] for line in f
                    if line.startswith('%d ' % port)]

    def bodies(self):
        """The octets of what was posted to /200 and /201, as they came."""
        found = []
        for folder, _, names in os.walk(self.home + '/bodies'):
            for name in sorted(names):
                with open(os.path.join(folder, name), 'rb') as f:
                    found.append(f.read())
        return found
