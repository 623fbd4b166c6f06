/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Confinement: a process gives up what it does not need.
 *
 * For the worker that reads strangers' octets: afterwards it computes, reads and
 * writes what is open, and can do nothing else: no file, no network, no other
 * process. Four layers, each of which the kernel may lack: limits, no new
 * privileges, Landlock, and a filter of system calls (seccomp), which is the
 * strongest. What it tries all the same kills it, except to open a file, which
 * libraries do out of habit: that fails. Must come before any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct confine_options {
    size_t memory_bytes; /* address space */
    unsigned cpu_s;      /* time on a processor in its whole life */
    pid_t parent;        /* it ends with this one, which has made it */
};

enum { CONFINE_TEXT_BYTES = 128 };

/* What the kernel gave. */
struct confine_applied {
    bool has_filter;               /* of system calls */
    int landlock;                  /* version of its interface; 0 = none */
    char text[CONFINE_TEXT_BYTES]; /* for a log: "seccomp, Landlock 7" */
};

/* Tells whether this is a build with a sanitizer, which needs some more than the
 * program, and time. */
bool confine_is_relaxed(void);

/*
 * Confines the calling process, which has one thread, for ever. What the kernel
 * does not offer is left out and told. In a build with a sanitizer memory is not
 * limited, and an unknown system call fails instead of killing.
 * Returns: 0 with what was applied, -1 with err.
 * Errors: ERR_SYSTEM where the kernel offers a layer and it fails all the same,
 * and where the parent is gone.
 */
int confine_worker(const struct confine_options *options,
                   struct confine_applied *out_applied, struct err *err);
