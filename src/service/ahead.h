/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Ahead: telling the reader what comes next.
 *
 * The reader reads some inputs while those before are put: of the batch at hand, and
 * of what waits behind it. What it was told it is asked for next, in that order, or
 * it is told to forget all of it. For the receiver's thread alone.
 */

#include "service/receiver.h"

struct ahead {
    struct reader *reader; /* NULL: nothing is read ahead */
    const struct clock *clock;
    size_t n_told; /* of what waits the first, which the reader knows */
};

/* A delivery as it is read. Owns: what it names is the delivery's. */
struct intake_source_input ahead_input(const struct ahead *ahead,
                                       struct receiver_delivery *delivery);

/* Begins a batch. first: all that waited. Returns: the first of them that the reader
 * was not told of, NULL where there is none. */
struct receiver_delivery *ahead_skip(struct ahead *ahead,
                                     struct receiver_delivery *first);

/* Tells the reader what comes next, as far as it wants to know. Returns: the first
 * that it was not told. */
struct receiver_delivery *ahead_tell(struct ahead *ahead,
                                     struct receiver_delivery *next);

/*
 * Tells the reader what waits behind the batch.
 * first: of n; others may be added meanwhile, by another thread.
 */
void ahead_look(struct ahead *ahead, struct receiver_delivery *first, size_t n);

/* Nothing of what the reader was told may be read any more. */
void ahead_forget(struct ahead *ahead);
