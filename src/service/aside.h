/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Aside: what is read again while new inputs go on.
 *
 * After an upgrade all that an older reader read or refused, and at any time
 * what took too long while others waited. In a thread of its own with a reader
 * of its own, since it may take seconds a raw; it writes to the store in batches
 * of one report or refusal, and rests three times as long as it worked, up to a
 * second. Each raw is tried once by each version of the reader: how far that has
 * come stands in the store. Where part of the sums was lost, they are made anew
 * first, within an hour.
 */

#include "base/clock.h"
#include "base/err.h"

struct aside;
struct reader;

struct aside_options {
    const char *store_url;
    const struct clock *clock;

    /* Asked in the thread alone; NULL: inputs are read in this process. */
    struct reader *reader;

    /* Left free on the store's disk. */
    int64_t reserve_bytes;

    /* Called in the thread when something was put that may have to be judged.
     * May be NULL. */
    void (*added)(void *context);
    void *context; /* of added */
};

/*
 * Starts the thread, which looks at once for what is to be read.
 * Returns: 0, -1 with err (ERR_SYSTEM, ERR_MEMORY).
 */
int aside_start(const struct aside_options *options, struct aside **out_aside,
                struct err *err);

/* Has it look again: something was put that is to be read aside. From any
 * thread. */
void aside_wake(struct aside *aside);

/* Ends, giving up the raw at hand, and frees; its reader can read nothing more.
 * NULL is allowed. */
void aside_stop(struct aside *aside);
