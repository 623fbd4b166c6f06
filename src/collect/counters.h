/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Counters: what a collector has done since it started.
 *
 * Both threads count, any thread reads. What the kernel refused to a sender, and
 * how long its queue is, cannot be known here; how full the batches are and how
 * long it took until the next one are what comes nearest.
 */

#include <stdatomic.h>
#include <stdint.h>

#include "base/buffer.h"

enum {
    COUNTERS_FULLNESS =
        8,              /* batches of 1, 2-3, 4-7, ..., 32-63, 64; [0]: none */
    COUNTERS_PAUSES = 5 /* below 0.1, 1, 10, 100 ms; longer */
};

typedef _Atomic uint64_t counter;

struct counters {
    /* received = summed + malformed + truncated + lost */
    counter received;
    counter summed;
    counter odd;       /* of summed: another version of the format */
    counter malformed; /* no session event */
    counter truncated; /* longer than any datagram may be */
    counter lost;      /* out of memory */
    counter folded;    /* sums beyond a cap */
    counter batches;
    counter fullness[COUNTERS_FULLNESS];
    counter pauses[COUNTERS_PAUSES]; /* from one batch to the next receive */
    counter pause_us;                /* all of them */
    counter pause_max_us;
    counter receive_errors;
    counter committed; /* of summed: safely stored */
    counter gone;      /* of committed: in a tally moved or removed then */
    counter commits;
    counter commit_failures;
    counter commit_us;
    counter commit_max_us;
    counter rows; /* sums added to the tally */
    counter late; /* rows of a day that was closed, summed under the next */
    _Atomic int64_t closed_day;   /* UTC_DAY_NONE before the first */
    _Atomic int64_t queue_length; /* net.unix.max_dgram_qlen; -1 unknown */
    _Atomic int64_t started_at;   /* UTC seconds */
};

/* Adds to a counter that one thread alone changes. */
static inline void counter_add(counter *at, uint64_t n)
{
    atomic_store_explicit(at,
                          atomic_load_explicit(at, memory_order_relaxed) + n,
                          memory_order_relaxed);
}

/* Keeps the larger one, likewise. */
static inline void counter_raise(counter *at, uint64_t n)
{
    if (n > atomic_load_explicit(at, memory_order_relaxed))
        atomic_store_explicit(at, n, memory_order_relaxed);
}

/* Counts a batch of n datagrams, 0 to 64. */
void counters_note_batch(struct counters *counters, unsigned n);

/* Counts the time from one batch to the next receive. */
void counters_note_pause(struct counters *counters, uint64_t us);

/*
 * Writes them in the text form of Prometheus (exposition format 0.0.4), each with
 * its HELP and TYPE.
 */
void counters_write(const struct counters *counters, struct buffer *out);
