/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Program: what another program says or takes, within a time and a size.
 *
 * A fixed list of arguments, no shell. The program runs in a process group of
 * its own, which is killed as a whole when it is not needed any more; it reads
 * nothing but what it is fed, inherits no descriptor and no blocked signal.
 */

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"

struct program_limits {
    int time_ms; /* for all of it, until its output ends and it has exited */
    int stop_fd; /* when this becomes readable nobody waits; -1 for none */
};

/*
 * Runs argv[0] (a path with a '/', else looked up in PATH) and appends its
 * standard output to out, whose maximum is the limit. The beginning of what it says
 * on standard error becomes a line of the log, as text of strangers.
 * argv: ends with NULL.
 * Returns: 0 where it exited with status 0; 1 where stop_fd became readable; -1
 * with err: it cannot be run, failed, said too much or took too long.
 */
int program_run(const char *const argv[], const struct program_limits *limits,
                struct buffer *out, struct err *err);

/* Instead of the status of a program that did not exit by itself. */
enum { PROGRAM_KILLED = -1, PROGRAM_NEVER_RAN = -2 };

/*
 * Runs a program as program_run does, with octets as its standard input: a file in
 * memory, so that it may read them late, twice, or not at all. What it says on
 * standard output and standard error is appended to out; beyond its maximum it is
 * thrown away.
 * *out_status gets the status it exited with, or one of those above.
 * Returns: as program_run; after a time-out err has ERR_LIMIT.
 */
int program_feed(const char *const argv[], const struct program_limits *limits,
                 struct slice input, struct buffer *out, int *out_status,
                 struct err *err);
