# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""What the scenarios share: running the program, TAP, a folder of their own."""

import json
import os
import subprocess
import sys
import tempfile

TLSRPT = os.path.abspath(os.environ.get('TLSRPT') or 'build/tlsrpt')
SOURCE_ROOT = os.environ.get('SOURCE_ROOT') or os.getcwd()

_folder = tempfile.TemporaryDirectory(prefix='tlsrpt-scenario-')
FOLDER = _folder.name
_count = [0, 0]


def ok(good, text, *notes):
    """One line of TAP; notes are printed when it is not good."""
    _count[0] += 1
    _count[1] += not good
    print('%sok %d - %s' % ('' if good else 'not ', _count[0], text))
    if not good:
        for note in notes:
            for line in str(note).splitlines() or ['']:
                print('#   ' + line)
    sys.stdout.flush()
    return good


def same(met, want, text):
    return ok(met == want, text, 'want %r' % (want,), 'got  %r' % (met,))


def holds(whole, part, text):
    return ok(part in whole, text, 'want %r in' % part, whole)


def skip_all(why):
    print('1..0 # SKIP ' + why)
    sys.exit(0)


def done():
    """The plan and the exit status."""
    print('1..%d' % _count[0])
    _folder.cleanup()
    sys.exit(1 if _count[1] else 0)


class Ran:
    """What a run of the program left."""

    def __init__(self, status, out, talk):
        self.status, self.out, self.talk = status, out, talk

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**more):
    """A plain user's surroundings, whatever those of the caller are."""
    env = {k: v for k, v in os.environ.items()
           if k not in ('NO_COLOR', 'JOURNAL_STREAM')}
    # Not HOME alone: root would be shown the store of an installation here.
    env.update(HOME=FOLDER, XDG_DATA_HOME=path('.local/share'), TERM='xterm',
               LC_ALL='C.UTF-8')
    env.update(more)
    return env


def run(*words, stdin=b'', env=None):
    p = subprocess.run([TLSRPT, *words], input=stdin, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=120,
                       env=env or environment())
    return Ran(p.returncode, p.stdout.decode('utf-8', 'replace'),
               p.stderr.decode('utf-8', 'replace'))


def path(name):
    return os.path.join(FOLDER, name)


def write(name, octets):
    """Writes a file below the scenario's folder; its path."""
    where = path(name)
    os.makedirs(os.path.dirname(where), exist_ok=True)
    with open(where, 'wb') as f:
        f.write(octets if isinstance(octets, bytes) else octets.encode())
    return where
