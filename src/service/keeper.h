/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Keeper: a small process that starts workers, one at a time.
 *
 * A program with threads cannot fork safely, and a worker that has crashed must
 * be replaced. So the keeper is forked first of all, while there is one thread
 * and nothing secret in memory, and stays as it is then: each worker is its
 * fresh copy. It has no open file but the socket to its parent, and dies with
 * it; so does the worker. Workload: one start an hour to one a second.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct keeper;

/* Runs in a worker: speaks over fd until the end of it. parent: the keeper. */
typedef void keeper_function(void *context, int fd, pid_t parent);

struct keeper_options {
    /* Called once in the keeper, so that no worker does it again; may be
     * NULL. */
    void (*prepare)(void *context);
    keeper_function *run;
    void *context; /* of both */
};

/* A worker that was started. */
struct keeper_worker {
    int fd; /* stream to it; the caller's to close */
    pid_t pid;
    int last_status; /* how the one before ended, as waitpid says; -1 = there
                        was none */
};

/*
 * Forks the keeper. To be called by the thread that ends last, before there is
 * any other.
 * Returns: 0, -1 with err (ERR_SYSTEM, ERR_MEMORY).
 */
int keeper_start(const struct keeper_options *options,
                 struct keeper **out_keeper, struct err *err);

/*
 * Kills the worker, where one is left, and starts another.
 * Returns: 0, -1 with err (ERR_SYSTEM): the keeper is gone, or cannot.
 */
int keeper_next(struct keeper *keeper, struct keeper_worker *out_worker,
                struct err *err);

/* Tells whether the keeper has ended: then there will be no worker any more. */
bool keeper_is_gone(struct keeper *keeper);

/* Ends keeper and worker, and waits for that. NULL is allowed. */
void keeper_stop(struct keeper *keeper);
