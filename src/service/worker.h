/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Worker: the process in which strangers' octets are read.
 *
 * It confines itself, says so, and then turns requests into items until its
 * socket ends (intake/wire.h). It has nothing but the octets it is sent, so
 * whoever takes it over by them gains nothing.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Shared with the parent, which believes it no more than the rest. */
struct worker_progress {
    _Atomic uint64_t n_begun; /* inputs that workers have begun, of the numbers
                                 in first */
};

struct worker_context {
    struct worker_progress *progress;
    bool is_aside; /* others come first to the processor */
};

/* How a worker ends that does not crash. */
enum worker_status {
    WORKER_ENDED = 0,
    WORKER_NOT_CONFINED = 10, /* nothing was read */
    WORKER_NO_MEMORY = 11,
    WORKER_BAD_REQUEST = 12 /* a fault of ours */
};

/* Does once what all workers would do anew: tables that libraries load when they
 * are first used, which no worker could. context: struct worker_context. */
void worker_prepare(void *context);

/*
 * Runs as a keeper_function; never returns. context: struct worker_context.
 *
 * For tests: where the environment has TLSRPT_TEST_CRASH (TLSRPT_TEST_HANG) and
 * an input holds its value, the worker aborts (never ends).
 */
void worker_run(void *context, int fd, pid_t parent);
