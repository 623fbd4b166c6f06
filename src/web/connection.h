/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Open connections and their deadlines.
 *
 * An idle time-out never ends a client that sends one octet a second. Here each
 * connection has a moment by which its request must be whole, or its answer
 * taken; a thread of its own shuts down what is late. Workload: some dozen
 * connections, looked through once a second while there are any.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct connection {
    struct connection *next;
    struct connection *previous;
    int fd;              /* the server's; open while it is in the list */
    int64_t deadline_ms; /* of clock_monotonic_ms */
    bool is_late;        /* has been shut down */
};

struct connection_list {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t sweeper;
    struct connection *first;
    bool is_stopping;
};

/*
 * Readies an empty list and starts its thread.
 * Returns: 0, -1 with err (ERR_SYSTEM).
 */
int connection_list_init(struct connection_list *list, struct err *err);

/* Ends the thread. The list must be empty by then. */
void connection_list_deinit(struct connection_list *list);

/*
 * Adds a connection that must have sent its request by a deadline, in
 * milliseconds of clock_monotonic_ms.
 * Owns: the list's until connection_remove.
 * Returns: it, NULL when out of memory.
 */
struct connection *connection_add(struct connection_list *list, int fd,
                                  int64_t deadline_ms);

/* Gives a connection another deadline. NULL is allowed. */
void connection_extend(struct connection_list *list,
                       struct connection *connection, int64_t deadline_ms);

/* Takes a connection out before its descriptor is closed. NULL is allowed. */
void connection_remove(struct connection_list *list,
                       struct connection *connection);

/*
 * Shuts down what is late at a moment of clock_monotonic_ms; the thread does so
 * once a second. Returns: how many were shut down now.
 */
unsigned connection_list_sweep(struct connection_list *list, int64_t now_ms);
