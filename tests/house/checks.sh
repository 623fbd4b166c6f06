#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The tlsrpt authors
#
# The checks of tools/ must refuse what they exist to refuse: each case puts one
# fault into a small tree of its own and wants it named, with file and line.

set -u
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cp -r "$SOURCE_ROOT/tools" "$tree/"
n=0
failed=0

put() { # put FILE: stdin becomes the file
    mkdir -p "$(dirname "$tree/$1")"
    cat >"$tree/$1"
}

reset_tree() {
    rm -rf "$tree/src" "$tree/tests" "$tree/docs"
    mkdir -p "$tree/tests/unit"
    echo '# none' >"$tree/tests/unit/EXEMPT"
    printf '# none\n' >"$tree/tools/size-exceptions"
    mkdir -p "$tree/docs"
    cp "$SOURCE_ROOT/docs/architecture.md" "$tree/docs/"
    put src/base/slice.h <<'X'
/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Adds. */
int slice_add(int a, int b);
X
    put src/base/slice.c <<'X'
/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#include "base/slice.h"

int slice_add(int a, int b)
{
    return a + b; /* strcpy(a, b) in a comment is no call */
}
X
    head -n 2 "$tree/src/base/slice.c" | put tests/unit/base/test_slice.c
    echo '# none' | put docs/log.md
}

count() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        failed=$((failed + 1))
        echo "not ok $n - $2"
    fi
}

accepts() { # accepts CHECK
    out=$("$tree/tools/$1" 2>&1)
    local status=$?
    count "$status" "$1 accepts a clean tree"
    [ "$status" -eq 0 ] || printf '%s\n' "$out" | sed 's/^/# /'
}

refuses() { # refuses CHECK TEXT NAME
    out=$("$tree/tools/$1" 2>&1)
    local status=$?
    [ "$status" -ne 0 ] && printf '%s\n' "$out" | grep -qF -- "$2"
    status=$?
    count "$status" "$1 refuses $3"
    [ "$status" -eq 0 ] || printf '%s\n' "$out" | sed 's/^/# /'
}

reset_tree
for check in layers size banned docs headers; do
    accepts "check-$check"
done

echo '#include "store/store.h"' >>"$tree/src/base/slice.c"
refuses check-layers 'src/base/slice.c:9: base may not include store' \
    'an edge up'
reset_tree
mkdir -p "$tree/src/json"
echo '#include "crypt/digest.h"' >"$tree/src/json/read.c"
refuses check-layers 'src/json/read.c:1: json may not include crypt' \
    'an edge sideways'
reset_tree
mkdir -p "$tree/src/intake"
echo '# include <sqlite3.h>' >"$tree/src/intake/file.c"
refuses check-layers 'src/intake/file.c:1: <sqlite3.h> has its door in store' \
    'a library outside its door'
reset_tree
mkdir -p "$tree/src/report"
echo '#include <sys/socket.h>' >"$tree/src/report/read.c"
refuses check-layers '<sys/socket.h> in the pure room report' \
    'a socket in a pure room'
reset_tree
mkdir -p "$tree/src/cellar"
echo '#include "base/slice.h"' >"$tree/src/cellar/wine.c"
refuses check-layers 'the room cellar is not in' 'a room that is not in the table'
reset_tree
# shellcheck disable=SC2016 # backticks are Markdown's
sed -i 's/^\(| 1 | `json` |\) `base`/\1 `base` `cli`/' "$tree/docs/architecture.md"
refuses check-layers 'the edge json to cli does not lead down' \
    'a table with an edge up'

reset_tree
{
    echo 'static void long_one(void)'
    echo '{'
    for _ in $(seq 78); do echo '    ;'; done
    echo '}'
} >>"$tree/src/base/slice.c"
refuses check-size 'long_one has 81 lines' 'a function of 81 lines'
echo 'src/base/slice.c:long_one a table' >>"$tree/tools/size-exceptions"
accepts check-size
reset_tree
echo 'src/base/slice.c:long_one a table' >>"$tree/tools/size-exceptions"
refuses check-size 'needs no exception' 'an exception nobody needs'
reset_tree
seq 300 | sed 's|.*|/* & */|' >>"$tree/src/base/slice.h"
refuses check-size 'at most 250' 'a header of 306 lines'

reset_tree
echo 'static void f(char *a) { strcpy(a, "b"); }' >>"$tree/src/base/slice.c"
refuses check-banned 'src/base/slice.c:9: strcpy is banned' 'strcpy'
reset_tree
echo 'static long f(void) { return time(0); }' >>"$tree/src/base/slice.c"
refuses check-banned 'time is called by src/base/clock.c only' \
    'a look at the clock'
reset_tree
echo 'static int f(void) { return system("ls"); }' >>"$tree/src/base/slice.c"
refuses check-banned 'system is called by nobody only' 'a shell'
reset_tree
echo "/* TO""DO later */" >>"$tree/src/base/slice.c"
refuses check-banned 'src/base/slice.c:9: do it, or leave it out' \
    'unfinished business'

reset_tree
printf '\nint slice_sub(int a, int b);\n' >>"$tree/src/base/slice.h"
refuses check-docs 'src/base/slice.h:8: slice_sub is not documented' \
    'a function without a comment'
reset_tree
printf 'int slice_sub(int a)\n{\n    return a;\n}\n' >>"$tree/src/base/slice.c"
refuses check-docs 'slice_sub is neither static nor in a header' \
    'a function that no header declares'
reset_tree
sed -i 1d "$tree/src/base/slice.c"
refuses check-docs 'src/base/slice.c:1: the line "SPDX-License' \
    'a file without its licence line'
reset_tree
echo '/* */ static void f(void) { log_line(LOG_INFO, "ended", 0); }' \
    >>"$tree/src/base/slice.c"
refuses check-docs 'src/base/slice.c:9: docs/log.md does not tell of ended' \
    'a line of the log that no document tells of'
reset_tree
# shellcheck disable=SC2016
echo '| `ended` | it ended |' >>"$tree/docs/log.md"
refuses check-docs 'docs/log.md: no line of the log is ended' \
    'a line of the log that is none'

reset_tree
echo 'size_t slice_size(void);' >>"$tree/src/base/slice.h"
refuses check-headers 'src/base/slice.h: does not compile alone' \
    'a header that leans on others'

reset_tree
rm "$tree/docs/architecture.md"
accepts check-tests
rm "$tree/tests/unit/base/test_slice.c"
refuses check-tests 'src/base/slice.c: has neither' 'a source without a test'
echo 'src/base/slice.c' >>"$tree/tests/unit/EXEMPT"
refuses check-tests 'src/base/slice.c lacks a reason' 'an excuse without a reason'
reset_tree
# shellcheck disable=SC2016 # likewise
echo 'see `src/base/nothing.c`' >"$tree/docs/store.md"
refuses check-tests 'docs/store.md:1: src/base/nothing.c does not exist' \
    'a document that names a file in vain'

# The requirements and what tests them.
row() { # row WHERE TEST: a page with one requirement
    printf '| R-X-1 | 8460; MUST | it adds | \140%s\140 | \140%s\140 |\n' \
        "$1" "$2" >"$tree/docs/conformance.md"
}
reset_tree
echo 'void adds(void **state)' >>"$tree/tests/unit/base/test_slice.c"
row src/base/slice.c tests/unit/base/test_slice.c:adds
accepts check-conformance
row src/base/slice.c tests/unit/base/test_slice.c:add
refuses check-conformance 'tests/unit/base/test_slice.c has no add' \
    'a test that does not exist'
row src/base/slice.c 'none yet'
refuses check-conformance 'R-X-1 names no test' 'a requirement without a test'
row src/base/cut.c tests/unit/base/test_slice.c
refuses check-conformance 'src/base/cut.c does not exist' \
    'a requirement met nowhere'
row src/base/slice.c tests/unit/base/test_slice.c:adds
sed -i 's/R-X-1/R-X-1, -2/; p; s/R-X-1, -2/R-X-2/' "$tree/docs/conformance.md"
refuses check-conformance 'R-X-2 stands twice' 'one of two in a row'
: >"$tree/docs/conformance.md"
refuses check-conformance 'no requirement in it' 'a page without requirements'

# The closing line of ./test.
log=$tree/log.json
cat >"$log" <<'X'
{"name": "a", "result": "OK", "stdout": "1..3\nok 1 - x\nok 2 - y\nok 3 - z # SKIP no\n"}
{"name": "b", "result": "FAIL", "stdout": "1..2\nok 1 - x\nnot ok 2 - y\n"}
{"name": "c", "result": "ERROR", "stdout": "1..9\nok 1 - died after one\n"}
{"name": "d", "result": "OK", "stdout": "nothing"}
X
"$tree/tools/count-tests" "$log" >"$tree/said"
[ "$(tail -n 1 "$tree/said")" = '5 passed, 2 failed, 1 skipped' ]
count $? 'count-tests counts cases, and a death as a failure'
grep -q '^failed: b ' "$tree/said" && grep -q '^    not ok 2 - y' "$tree/said"
count $? 'count-tests says what failed'
[ "$("$tree/tools/count-tests" --failed "$log" | tr '\n' ' ')" = 'b c ' ]
count $? 'count-tests lists what is to run again'
mv "$log" "$tree/testlog-first.json"
cat >"$tree/testlog.json" <<'X'
{"name": "b", "result": "OK", "stdout": "1..2\nok 1 - x\nok 2 - y\n"}
{"name": "c", "result": "FAIL", "stdout": "1..2\nok 1 - x\nnot ok 2 - z\n"}
X
"$tree/tools/count-tests" "$tree/testlog.json" >"$tree/said"
[ "$(tail -n 1 "$tree/said")" = '6 passed, 1 failed, 1 skipped' ]
count $? 'count-tests counts what was run again once, as it came out last'
grep -q '^failed once, .*: b ' "$tree/said"
count $? 'count-tests says what failed only once'
cp "$tree/testlog-first.json" "$log"
! "$tree/tools/count-tests" "$log" >/dev/null
count $? 'count-tests fails where a case failed'
echo '{"name": "d", "result": "OK", "stdout": ""}' >"$log"
"$tree/tools/count-tests" "$log" >/dev/null
count $? 'count-tests is content where none failed'
! "$tree/tools/count-tests" "$tree/nothing.json" >/dev/null
count $? 'count-tests fails where nothing ran'

echo "1..$n"
[ "$failed" -eq 0 ]
