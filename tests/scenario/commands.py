# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors

"""Runs the commands that documents show, as a reader would type them."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

from tap import FOLDER, SOURCE_ROOT, TLSRPT, environment, ok

STATUS = re.compile(r'#.*\bstatus (\d)')


def prepare():
    """A folder in which both `tlsrpt` and `build/tlsrpt` are the program."""
    for folder in ('build', 'bin'):
        os.makedirs(os.path.join(FOLDER, folder))
        os.symlink(os.path.realpath(TLSRPT),
                   os.path.join(FOLDER, folder, 'tlsrpt'))
    os.symlink(os.path.join(SOURCE_ROOT, 'examples'),
               os.path.join(FOLDER, 'examples'))


def surroundings():
    path = os.path.join(FOLDER, 'bin') + os.pathsep + os.environ['PATH']
    return environment(PATH=path)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def get(url):
    """The page, once the server answers; None when it does not."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.1)
    return None


def run_server(command):
    """Starts the server on a free port, asks for the page, interrupts it."""
    port = free_port()
    command = re.sub(r' --listen \S+', '', command)
    p = subprocess.Popen(['bash', '-c', f'exec {command} --listen '
                          f'127.0.0.1:{port}'], cwd=FOLDER,
                         env=surroundings(), stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE)
    page = get(f'http://127.0.0.1:{port}/')
    p.send_signal(signal.SIGINT)
    try:
        talk = p.communicate(timeout=20)[1].decode()
    except subprocess.TimeoutExpired:
        p.kill()
        talk = 'it did not stop'
    ok(page and p.returncode == 0, command, f'status {p.returncode}', talk)


def run_collector(command):
    """Starts the collector, waits until it receives, interrupts it."""
    p = subprocess.Popen(['bash', '-c', f'exec {command}'], cwd=FOLDER,
                         env=surroundings(), stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE)
    first = p.stdout.readline()
    p.send_signal(signal.SIGINT)
    talk = p.communicate(timeout=20)[1].decode()
    ok(first.startswith(b'collecting at ') and p.returncode == 0, command,
       f'status {p.returncode}', talk)


def run_command(command):
    """Runs one line; its comment may say with which status it ends."""
    if re.search(r'\btlsrpt collect --socket', command):
        run_collector(command)
        return
    if re.search(r'\btlsrpt serve\b', command):
        run_server(command)
        return
    status = STATUS.search(command)
    want = int(status.group(1)) if status else 0
    p = subprocess.run(['bash', '-c', command], cwd=FOLDER,
                       env=surroundings(), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=120)
    out = p.stdout.decode('utf-8', 'replace')
    ok(p.returncode == want and (out or '>' in command), command,
       f'status {p.returncode}, expected {want}', p.stderr.decode(), out)
