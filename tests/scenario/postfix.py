# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A real Postfix of our own, on loopback: root's, or of a user namespace."""

import atexit
import os
import re
import shutil
import smtplib
import subprocess
import tempfile
import time

WAIT = 30
MAIN = '''
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = {sbin}
daemon_directory = {libexec}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = mail.example.com
mydestination =
local_recipient_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_limit = 1000
message_size_limit = 40000000
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
lmtp_destination_concurrency_limit = 10
lmtp_connect_timeout = 5s
lmtp_connection_cache_on_demand = yes
bounce_queue_lifetime = 1d
maximal_queue_lifetime = 1d
alias_maps =
transport_maps = inline:{{ {{ lmtp.example = lmtp:inet:{lmtp} }}, {{ pipe.example = tlsrpt: }} }}
'''
MASTER = '''
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
tlsmgr unix - - n 1000? 1 tlsmgr
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - 10 lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
tlsrpt unix - n n - 4 pipe
  user={user} eol=\\r\\n argv={tlsrpt} import --deliver - --socket {lmtp}
'''


def is_there():
    """Whether one can be run: the program, and root of some kind."""
    return bool(find('postfix')) and os.geteuid() == 0


def find(name):
    return shutil.which(name, path=os.environ['PATH'] + ':/usr/sbin:/usr/bin')


class Postfix:
    """Mail to lmtp.example goes by LMTP, to pipe.example through the pipe."""

    def __init__(self, port, lmtp, tlsrpt):
        self.port = port
        self.home = tempfile.mkdtemp(prefix='postfix-')
        os.chmod(self.home, 0o755)
        names = {'home': self.home, 'port': port, 'lmtp': lmtp,
                 'tlsrpt': self.reachable(tlsrpt), 'user': 'nobody',
                 'sbin': os.path.dirname(find('postfix')),
                 'libexec': '/usr/lib/postfix/sbin'}
        for sub in ('queue', 'data', 'conf'):
            os.mkdir(os.path.join(self.home, sub))
        shutil.chown(os.path.join(self.home, 'data'), 'postfix', 'postfix')
        self.conf = os.path.join(self.home, 'conf')
        self.write('main.cf', MAIN.format(**names))
        self.write('master.cf', MASTER.format(**names))
        self.postfix('start')
        atexit.register(self.remove)
        self.wait_ready()

    def reachable(self, program):
        """Where another user can run it, too."""
        where = os.path.join(self.home, 'tlsrpt')
        shutil.copy(program, where)
        os.chmod(where, 0o755)
        return where

    def write(self, name, text):
        with open(os.path.join(self.conf, name), 'w') as f:
            f.write(text)

    def postfix(self, verb):
        return subprocess.run([find('postfix'), '-c', self.conf, verb],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False)

    def wait_ready(self):
        until = time.monotonic() + WAIT
        while True:
            try:
                smtplib.SMTP('127.0.0.1', self.port, timeout=WAIT).quit()
                return
            except OSError:
                if time.monotonic() > until:
                    raise RuntimeError(self.log())
                time.sleep(0.05)

    def send(self, mails):
        """Sends (recipient, octets) over one connection."""
        with smtplib.SMTP('127.0.0.1', self.port, timeout=WAIT) as smtp:
            for recipient, octets in mails:
                smtp.sendmail('tls@sender.example', [recipient], octets)

    def log(self):
        try:
            with open(os.path.join(self.home, 'log'), errors='replace') as f:
                return f.read()
        except FileNotFoundError:
            return ''

    def fates(self):
        """For each message-id, what became of it, in order: [(status, text)]."""
        names, fates = {}, {}
        for line in self.log().splitlines():
            met = re.search(r'cleanup\[\d+\]: (\w+): message-id=<(.*)>', line)
            if met:
                names[met[1]] = met[2]
                fates.setdefault(met[2], [])
            met = re.search(r': (\w+): to=<.*?>.* status=(\w+) \((.*)\)$', line)
            if met and met[1] in names:
                fates[names[met[1]]].append((met[2], met[3]))
        return fates

    def stop(self):
        self.postfix('stop')

    def remove(self):
        self.postfix('abort')
        shutil.rmtree(self.home, ignore_errors=True)
