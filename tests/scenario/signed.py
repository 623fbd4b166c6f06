# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Reports in mails that independent software signs, and the keys to it.

The interpreter has to be Debian's, because python3-dkim is. What imports this is
skipped where that, or a name server, is missing.
"""

import base64
import subprocess
import time

import dns_lab
from tap import path, skip_all

try:
    import dkim
    import nacl.signing
except ImportError:
    skip_all('python3-dkim or python3-nacl is missing')
if dns_lab.missing():
    skip_all(dns_lab.missing() + ' is missing')

SIGNED = [b'From', b'To', b'Subject', b'Date', b'Message-ID', b'MIME-Version',
          b'Content-Type', b'TLS-Report-Domain', b'TLS-Report-Submitter']
MAIL = '\r\n'.join((
    'From: tls@{sender}', 'To: tls@in.example',
    'Subject: Report Domain: {domain}', 'Date: Sat, 21 Nov 2026 00:10:00 +0000',
    'Message-ID: <{name}@{sender}>', 'TLS-Report-Domain: {domain}',
    'TLS-Report-Submitter: {sender}', 'MIME-Version: 1.0',
    'Content-Type: application/tlsrpt+json', '',
    '{{"organization-name":"sender","report-id":"{name}","date-range":{{'
    '"start-datetime":"2026-11-20T00:00:00Z",'
    '"end-datetime":"2026-11-20T23:59:59Z"}},"contact-info":"tls@{sender}",'
    '"policies":[{{"policy":{{"policy-type":"sts","policy-domain":"{domain}"}},'
    '"summary":{{"total-successful-session-count":3}}}}]}}', ''))


def rsa_key(name):
    """A private key in the form of PKCS#1, and its record."""
    subprocess.run(['openssl', 'genrsa', '-traditional', '-out', path(name),
                    '2048'], check=True, capture_output=True)
    der = subprocess.run(['openssl', 'rsa', '-in', path(name), '-pubout',
                          '-outform', 'DER'], check=True,
                         capture_output=True).stdout
    with open(path(name), 'rb') as f:
        return f.read(), 'p=' + base64.b64encode(der).decode()


KEY, PUBLIC = rsa_key('rsa.pem')
OTHER_KEY, OTHER_PUBLIC = rsa_key('other.pem')
SEED = nacl.signing.SigningKey.generate()
SEED_TEXT = base64.b64encode(bytes(SEED))
SEED_PUBLIC = 'k=ed25519; p=' + base64.b64encode(
    bytes(SEED.verify_key)).decode()


def keys(**records):
    return ['%s._domainkey %s' % (selector, dns_lab.text(record))
            for selector, record in records.items()]


def mail(name, domain='example.com', sender='sender.example'):
    return MAIL.format(name=name, domain=domain, sender=sender).encode()


def sign(octets, key=KEY, selector=b's1', domain=b'sender.example', **options):
    return dkim.sign(octets, selector, domain, key, include_headers=SIGNED,
                     **options) + octets


class Limited(dkim.DKIM):
    """Signs what expires so many seconds from now, or has expired."""

    seconds = -9

    def gen_header(self, fields, *args, **kwargs):
        now = int(time.time())
        fields = [f for f in fields if f[0] != b't']
        fields[-1:-1] = [(b't', b'%d' % (now - 1000)),
                         (b'x', b'%d' % (now + self.seconds))]
        return super().gen_header(fields, *args, **kwargs)


def sign_late(octets, seconds=-9):
    signer = Limited(octets)
    signer.seconds = seconds
    return signer.sign(b's1', b'sender.example', KEY,
                       include_headers=SIGNED) + octets
