/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room collect, each with its reason. Who may write to the socket
 * is trusted to be a mail server, but not to be without fault.
 */

enum {
    /* Datagrams taken by one system call: more gain nothing, as each has to be
     * summed before the next can be. */
    COLLECT_BATCH = 64,
    /* Octets between the buffers of a batch beyond their size, so that their
     * beginnings do not fall on the same lines of the processor's cache. */
    COLLECT_BUFFER_SKEW = 4096 + 192,

    /* When sums are handed to the writer, and how long the receiving thread
     * waits for a datagram before it looks whether it is time. Together with a
     * commit they stay within a second, which is what a crash may cost. */
    COLLECT_SWAP_MS = 800,
    COLLECT_WAIT_MS = 150,
    /* How long the receiving thread lets datagrams come together where the last
     * batch was not full: a queue of so many is not filled meanwhile by less than
     * two million a second. */
    COLLECT_NAP_US = 250,
    COLLECT_NAP_QUEUE = 512,
    /* The receiving thread goes first in real time, at the least priority that
     * is, where that is permitted: a queue of 512 is full within 50 ms at 10,000
     * a second, and beside busy programs others wait longer for their turn. Else
     * this is its niceness, where that is permitted; and how much nicer than the
     * process the storing thread is, so that commits still get a third of a
     * processor. */
    COLLECT_DRAIN_FIRST = 1,
    COLLECT_DRAIN_NICE = -5,
    COLLECT_WRITER_NICE = 5,
    /* What is still read from the socket at the end, in batches: its queue is
     * net.unix.max_dgram_qlen long, and senders do not stop. */
    COLLECT_LAST_BATCHES = 256,

    /* Rows of a domain and day unless configured. Ordinary domains have a few,
     * those that all the world sends to some hundred when they fail. */
    COLLECT_ROWS = 1000,

    /* Rows of all domains and a day. Eight times what 100,000 domains with five
     * rows each have; with their texts about 1 GB of disk. Beyond, sums are kept
     * without domain. */
    COLLECT_DAY_ROWS = 4000000,

    /* A datagram that is longer is read each time it comes. */
    COLLECT_SEEN_LONGEST = 4096,

    /* Malformed datagrams kept of one second, and octets of each. */
    COLLECT_SAMPLES = 4,
    COLLECT_SAMPLE_BYTES = 16384,
    /* Files that samples are kept in, the newest in place of the oldest. */
    COLLECT_RING_FILES = 32,

    /* A failed commit is tried again after so long. */
    COLLECT_RETRY_MS = 1000,
    /* How often at the end, before sums are given up. */
    COLLECT_LAST_TRIES = 5,
    /* Rows that are removed at a time, between two commits. */
    COLLECT_PRUNE_ROWS = 2000,

    /* A clock that leaps so far is not believed at once... */
    COLLECT_LEAP_S = 36 * 3600,
    /* ...nor one that says, at the start, that we were away for so long... */
    COLLECT_AWAY_DAYS = 32,
    /* ...but only after it has said so for a while. */
    COLLECT_DOUBT_S = 600
};

/* What a second's table may hold; there are two. Of datagrams as they came: */
#define COLLECT_SEEN_BYTES ((size_t)32 << 20)
/* of sums. Reached only when the disk stands still: */
#define COLLECT_CELL_BYTES ((size_t)64 << 20)
