# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Other people's verifiers of DKIM signatures: python3-dkim and Mail::DKIM.

Both are asked about each signature of a mail, with the key records given
({name: text}), and answer in one form: `rsa-sha256=pass ed25519-sha256=fail`."""

import subprocess

from tap import write

try:
    import dkim
    HAS_PYTHON = True
except ImportError:
    HAS_PYTHON = False
HAS_PERL = subprocess.run(['perl', '-MMail::DKIM::Verifier', '-MNet::DNS', '-e',
                           '1'], capture_output=True, check=False).returncode == 0
# Prints the verdict on each signature; the records come from a file.
PERL = r'''
use strict; use warnings;
use Mail::DKIM::Verifier; use Mail::DKIM::DNS; use Net::DNS;
my ($mail, $keys) = @ARGV;
my %records;
open(my $k, '<', $keys) or die; while (<$k>) {
    chomp; my ($name, $text) = split /\t/; $records{$name} = $text; }
no warnings 'redefine';
*Mail::DKIM::DNS::query_async = sub {
    my ($name, $type, %more) = @_;
    my @found = exists $records{$name} ? (Net::DNS::RR->new(name => $name,
        type => 'TXT', txtdata => $records{$name})) : ();
    my $answer = $more{Callbacks}{Success};
    return sub { $answer->(@found) } };
my $dkim = Mail::DKIM::Verifier->new();
open(my $m, '<:raw', $mail) or die; local $/; $dkim->PRINT(<$m>); $dkim->CLOSE;
print join(' ', map { $_->algorithm . '=' . $_->result } $dkim->signatures), "\n";
'''


def by_python(mail, records):
    """python3-dkim on each signature, in the form of `by_perl`."""
    def ask(name, timeout=5):
        record = records.get(name.decode().rstrip('.'))
        return record.encode() if record else None
    met = []
    d = dkim.DKIM(mail)
    for i, (name, value) in enumerate(
            [h for h in d.headers if h[0].lower() == b'dkim-signature']):
        try:
            good = d.verify(idx=i, dnsfunc=ask)
        except dkim.DKIMException:
            good = False
        algorithm = 'ed25519-sha256' if b'a=ed25519' in value else 'rsa-sha256'
        met.append(algorithm + ('=pass' if good else '=fail'))
    return ' '.join(met)


def by_perl(mail, records):
    keys = ''.join(f'{name}\t{text}\n' for name, text in records.items())
    out = subprocess.run(['perl', write('verify.pl', PERL), write('mail', mail),
                          write('peer-keys', keys)], capture_output=True,
                         check=False)
    return out.stdout.decode().strip() or out.stderr.decode()
