#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors
#
# ./run and ./test on machines that lack something, played by stand-ins for the
# programs they call: what is installed, by whom, and what is said when it
# cannot be.

set -u
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"; kill "${listener:-}" 2>/dev/null' EXIT
bin=$scratch/bin
mkdir -p "$bin" "$scratch/tree"
cp -r "$SOURCE_ROOT/tools" "$SOURCE_ROOT/run" "$scratch/tree/"
cd "$scratch/tree" || exit 1
n=0
failed=0

count() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        failed=$((failed + 1))
        echo "not ok $n - $2"
        sed 's/^/# /' "$scratch/out" "$scratch/calls" 2>/dev/null
    fi
}

stand_in() { # stand_in NAME: stdin is its body
    { echo '#!/bin/sh'; cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

# A machine where all but gcc and npm is installed, seen by the user $1 (an id),
# with only the programs that a test names beside the plain ones.
machine() {
    rm -f "$bin"/* "$scratch/calls"
    : >"$scratch/calls"
    for plain in bash sh sed tr grep id env cat cksum tail rm mkdir dirname \
        realpath head seq sleep; do
        ln -s "$(command -v $plain)" "$bin/$plain"
    done
    rm "$bin/id"
    echo "echo $1" | stand_in id
    stand_in dpkg-query <<'X'
case $4 in gcc|npm) exit 1 ;; *) echo installed ;; esac
X
    echo "echo \"apt-get \$*\" >>$scratch/calls" | stand_in apt-get
}

# need SECTION...: what the scripts do first, on that machine
need() {
    PATH=$bin bash -c '. tools/setup.sh; need_packages "$@"' test "$@" \
        >"$scratch/out" 2>&1
}

says() { grep -qF -- "$1" "$scratch/out"; }
called() { grep -q -- "$1" "$scratch/calls"; }

machine 0
need build
count $? 'root installs what is missing'
called 'install gcc$'
count $? 'only what is missing is installed'
called '--no-install-recommends.* install'
count $? 'recommended packages are left out'
called ' update$'
count $? 'the lists are fetched first'

machine 0
need ui
called 'install npm$'
count $? 'npm comes as a package where it is missing'
machine 0
true | stand_in node
true | stand_in npm
need ui
count $? 'node and npm that came another way will do'
! called .
count $? 'nothing is installed beside them'

machine 0
stand_in dpkg-query <<'X'
echo installed
X
need build ui test && ! called .
count $? 'nothing is fetched where nothing is missing'

machine 1000
need build
[ $? -eq 1 ] && says 'there is no sudo; run as root: apt-get install'
count $? 'a user without sudo is told the command'
machine 1000
echo "echo \"sudo \$*\" >>$scratch/calls" | stand_in sudo
need build
called 'sudo .*apt-get .*install gcc$'
count $? 'a user installs through sudo'
machine 0
echo "echo \"sudo \$*\" >>$scratch/calls" | stand_in sudo
need build && called 'install gcc$' && ! called sudo
count $? 'root needs no sudo'

machine 0
stand_in apt-get <<'X'
case "$*" in *update*) exit 100 ;; esac
X
need build
[ $? -eq 1 ] && says 'check the network and /etc/apt, or run: apt-get install'
count $? 'lists that cannot be fetched: a sentence that says what to do'
machine 0
stand_in apt-get <<'X'
case "$*" in *install*) echo 'E: no such thing'; exit 100 ;; esac
X
need build
[ $? -eq 1 ] && says 'E: no such thing' && says 'run: apt-get install'
count $? 'packages that cannot be installed: likewise'

needed=$(. tools/setup.sh; packages_of build ui)
case " ${needed//$'\n'/ } " in
*cmocka* | *chromium* | *jansson* | *clang*) false ;;
*) true ;;
esac
count $? './run installs nothing that only tests need'

cd "$SOURCE_ROOT" || exit 1
"$SOURCE_ROOT/run" "$scratch/nothing" >"$scratch/out" 2>&1
[ $? -eq 1 ] && says "$scratch/nothing does not exist"
count $? './run names a path that does not exist'

python3 - >"$scratch/port" <<'X' &
import socket, time
s = socket.socket()
s.bind(('127.0.0.1', 0))
s.listen()
print(s.getsockname()[1], flush=True)
time.sleep(30)
X
listener=$!
for _ in $(seq 50); do
    [ -s "$scratch/port" ] && break
    sleep 0.1
done
PORT=$(cat "$scratch/port") "$SOURCE_ROOT/run" >"$scratch/out" 2>&1
[ $? -eq 1 ] && says 'is taken' && says "PORT=$(($(cat "$scratch/port") + 1)) ./run"
count $? './run offers another port where its own is taken'

echo "1..$n"
[ "$failed" -eq 0 ]
