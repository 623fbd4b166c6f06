#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors
#
# alone.sh PROGRAM: the parsing core needs no database, no TLS, no threads and
# no library but libidn2; and it does its work so.

set -u
program=$1
n=0
status=0

check() { # NAME PROBLEM: ok where PROBLEM is empty
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        echo "# $2" | tr '\n' ' '
        echo
        status=1
    fi
}

said=$("$program" 2>&1) || said="exit status $?: $said"
case $said in
*'"policy-domain":"example.org"'*'expired'*) said= ;;
*) said="unexpected: $said" ;;
esac
check "a report is read, written and explained" "$said"

needed=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
check "the libraries it needs can be told" \
    "$(case $needed in *libidn2*) ;; *) echo "no libidn2 in: $needed" ;; esac)"
# The sanitizers' own libraries are there in their builds only.
check "no library is needed but libidn2" "$(printf '%s\n' "$needed" |
    grep -vE '^(libc|libm|libgcc_s|libidn2|libasan|libubsan|ld-linux.*)\.so')"

asked=$(nm -D --undefined-only "$program" | sed 's/.* //; s/@.*//')
check "no thread, socket or program is started" "$(printf '%s\n' "$asked" |
    grep -E '^(pthread_create|thrd_create|fork|vfork|clone|posix_spawn|system|execve?|socket|connect|bind)$')"
check "no file is opened and no setting read" "$(printf '%s\n' "$asked" |
    grep -E '^(open|open64|openat|fopen|fopen64|opendir|setlocale)$')"

echo "1..$n"
exit $status
