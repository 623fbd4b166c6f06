# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""A real Dovecot of our own: a plain user's, on loopback, on free ports."""

import atexit
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

WAIT = 20
CONFIG = '''
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap pop3
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
auth_mechanisms = plain login xoauth2
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
  mechanisms = plain login
}}
passdb {{
  driver = static
  args = password={token}
  mechanisms = xoauth2
}}
userdb {{
  driver = static
  args = home={home}/mail/%n
}}
mail_location = maildir:~/Maildir
mail_fsync = never
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = {secure}
mail_max_userip_connections = 100
auth_failure_delay = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    address = 127.0.0.1
    port = {pop3}
  }}
  inet_listener pop3s {{
    address = 127.0.0.1
    port = {pop3s}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service submission-login {{
  chroot =
}}
'''
CA_CONFIG = '''
[ca]
default_ca = own
[own]
new_certs_dir = {home}
database = {home}/ca.index
rand_serial = yes
serial = {home}/serial
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:{name}
basicConstraints = CA:TRUE
'''


def is_there():
    return bool(find('dovecot') and find('doveadm') and
                shutil.which('openssl'))


def find(name):
    return shutil.which(name, path=os.environ['PATH'] + ':/usr/sbin:/usr/bin')


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(('127.0.0.1', 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Dovecot:
    """Users 'tls@example.com' and more, password 'secret of the mailbox'."""

    USER = 'tls@example.com'
    PASSWORD = 'secret of the mailbox'
    TOKEN = 'ya29.a-token-of-some-length'

    def __init__(self, folder):
        self.home = tempfile.mkdtemp(prefix='dovecot-')
        self.ca = os.path.join(folder, 'ca.pem')
        self.account = pwd.getpwuid(os.getuid())
        if os.getuid() == 0:  # it does not run as root without being root
            self.account = pwd.getpwnam('nobody')
        self.process = None
        self.imap, self.imaps, self.pop3, self.pop3s = free_ports(4)
        self.certify()
        self.write('users', ''.join(
            '%s:%s::::::\n' % (name, self.PASSWORD)
            for name in (self.USER, 'pop@example.com', 'more@example.com')))
        self.configure()
        os.makedirs(os.path.join(self.home, 'mail'))
        self.own()
        self.start()
        atexit.register(self.remove)

    def configure(self, secure='yes'):
        import grp
        self.write('dovecot.conf', CONFIG.format(
            home=self.home, user=self.account.pw_name, token=self.TOKEN,
            group=grp.getgrgid(self.account.pw_gid).gr_name, imap=self.imap,
            imaps=self.imaps, pop3=self.pop3, pop3s=self.pop3s,
            secure=secure))

    def certify(self, name='localhost', ca=None, expired=False):
        """A certificate of its own, which is its authority as well."""
        key, certificate = self.file('key.pem'), self.file('cert.pem')
        self.openssl('req', '-newkey', 'ec', '-pkeyopt',
                     'ec_paramgen_curve:prime256v1', '-nodes', '-subj',
                     '/CN=' + name, '-keyout', key, '-out',
                     self.file('request.pem'))
        self.write('ca.conf', CA_CONFIG.format(home=self.home, name=name))
        self.write('ca.index', '')
        self.openssl('ca', '-batch', '-notext', '-config', self.file('ca.conf'),
                     '-selfsign', '-keyfile', key, '-startdate',
                     '20200101000000Z', '-enddate',
                     '20210101000000Z' if expired else '20990101000000Z',
                     '-in', self.file('request.pem'), '-out', certificate)
        shutil.copy(certificate, ca or self.ca)

    def openssl(self, *words):
        ran = subprocess.run(['openssl', *words], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
        if ran.returncode:
            raise RuntimeError(ran.stdout.decode())

    def file(self, name):
        return os.path.join(self.home, name)

    def write(self, name, text):
        with open(os.path.join(self.home, name), 'w') as f:
            f.write(text)

    def own(self):
        if os.getuid() != 0:
            return
        for folder, _, files in os.walk(self.home):
            for name in [folder] + [os.path.join(folder, f) for f in files]:
                try:
                    os.chown(name, self.account.pw_uid, self.account.pw_gid)
                except FileNotFoundError:
                    pass  # Dovecot has moved it meanwhile

    def start(self):
        self.process = subprocess.Popen(
            [find('dovecot'), '-F', '-c',
             os.path.join(self.home, 'dovecot.conf')],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True, **self.as_user())
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            try:
                for port in (self.imaps, self.pop3s):
                    socket.create_connection(('127.0.0.1', port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError('dovecot does not start: %s' % self.log())

    def as_user(self):
        if os.getuid() != 0:
            return {}
        return {'user': self.account.pw_uid, 'group': self.account.pw_gid,
                'extra_groups': []}

    def stop(self, number=signal.SIGTERM):
        """Ends it and all its processes: they are one session of ours."""
        if not self.process:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass
        self.process.wait(WAIT)
        self.process.stderr.close()
        self.process = None
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            try:
                socket.create_connection(('127.0.0.1', self.imaps), 1).close()
                time.sleep(0.05)
            except OSError:
                return

    def log(self):
        try:
            with open(os.path.join(self.home, 'log')) as f:
                return f.read()
        except OSError:
            return self.process.stderr.read().decode()

    def remove(self):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)

    def maildir(self, user=USER, folder=''):
        return os.path.join(self.home, 'mail', user.split('@')[0], 'Maildir',
                            folder)

    def deliver(self, mails, user=USER):
        """Puts mails into an INBOX, as a delivery agent does."""
        top = self.maildir(user)
        for name in ('', 'new', 'cur', 'tmp'):
            os.makedirs(os.path.join(top, name), exist_ok=True)
        for octets in mails:
            self.count = getattr(self, 'count', 0) + 1
            name = '%d.%08d.here' % (time.time(), self.count)
            with open(os.path.join(top, 'tmp', name), 'wb') as f:
                f.write(octets)
            os.rename(os.path.join(top, 'tmp', name),
                      os.path.join(top, 'new', name))
        self.own()

    def mails(self, user=USER, folder=''):
        """Each mail's flags and octets, in a folder as it is on disk."""
        while True:
            names = self.files(user, folder)
            met = []
            try:
                for name in names:
                    with open(name, 'rb') as f:
                        met.append((name.partition(':2,')[2], f.read()))
            except FileNotFoundError:
                continue  # it was renamed meanwhile
            if names == self.files(user, folder):
                return met

    def files(self, user, folder):
        return [os.path.join(where, name)
                for where in (os.path.join(self.maildir(user, folder), part)
                              for part in ('new', 'cur'))
                for name in sorted(os.listdir(where)
                                   if os.path.isdir(where) else [])]

    def file_with(self, octets, user=USER, folder=''):
        """The file of a mail, which may have been shut to its owner."""
        for name in self.files(user, folder):
            if os.path.getsize(name) == len(octets):
                with open(name, 'rb') as f:
                    if f.read() == octets:
                        return name
        raise LookupError('no such mail')

    def forget(self, user=USER):
        """Drops its index, so that UIDVALIDITY changes."""
        for name in os.listdir(self.maildir(user)):
            if name.startswith('dovecot'):
                os.remove(os.path.join(self.maildir(user), name))

    def empty(self, user=USER):
        shutil.rmtree(self.maildir(user), ignore_errors=True)
