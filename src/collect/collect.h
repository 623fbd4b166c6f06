/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Collect: session events from a socket to a tally.
 *
 * One thread receives and sums in memory, another stores the sums about once a
 * second. No input can stop it, and neither can a disk: what cannot be stored is
 * kept and tried again. Workload: 155 to 550 octets a datagram, up to 400,000 of
 * them a second.
 */

#include "base/clock.h"
#include "base/err.h"
#include "collect/counters.h"
#include "collect/writer.h"
#include "event/event.h"

struct collect; /* opaque */

struct collect_options {
    int fd;          /* bound datagram socket; borrowed */
    const char *url; /* of the tally, which is made where there is none */
    const struct clock *clock;
    const struct event_cleaning *cleaning; /* NULL: the default */
    int64_t max_rows;  /* of a domain and day; 0: COLLECT_ROWS */
    int64_t keep_days; /* that the tally keeps after a day was closed; 0: all */
    const char *samples;   /* folder for malformed datagrams; NULL: none */
    int64_t queue_length;  /* net.unix.max_dgram_qlen, for the counters; -1 */
    writer_function *note; /* called by the writing thread; NULL: nobody asks */
    void *context;
};

/*
 * Opens the tally and starts to receive. What options point to must outlive it.
 * Owns: the caller, until collect_stop.
 * Returns: 0, -1 with err (ERR_STORE, ERR_SYSTEM, ERR_MEMORY).
 */
int collect_start(const struct collect_options *options,
                  struct collect **out_collect, struct err *err);

/*
 * Takes what is in the socket, stores it and ends. NULL is allowed.
 * Returns: 0, -1 with err where sums could not be stored and are lost.
 */
int collect_stop(struct collect *collect, struct err *err);

/* What it has done so far; may be read from any thread until collect_stop. */
const struct counters *collect_counters(const struct collect *collect);
