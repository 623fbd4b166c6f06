/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * How a collector is doing, for whoever asks.
 *
 * A Unix stream socket beside the tally gives the counters to each who connects,
 * and a file holds them for Prometheus' node exporter. Neither is waited for.
 */

#include "base/err.h"

struct counters;

struct collector_status {
    int fd;           /* listening; -1: nobody can ask */
    char path[108];   /* of it */
    const char *file; /* NULL: none is written */
};

/*
 * Opens the socket beside a tally.
 * Returns: 0; -1 with err, status is then usable and has none.
 */
int collector_status_open(struct collector_status *status, const char *url,
                          const char *file, struct err *err);

/* Closes and removes the socket. */
void collector_status_close(struct collector_status *status);

/* Answers one who has connected. */
void collector_status_answer(const struct collector_status *status,
                             const struct counters *counters);

/* Writes the file anew. Returns: 0, -1 with err; without a file 0. */
int collector_status_write(const struct collector_status *status,
                           const struct counters *counters, struct err *err);
