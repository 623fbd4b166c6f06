/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tail of a tally: what recent batches added to sums, not yet in their rows.
 *
 * Many domains a second touch as many rows, each somewhere else in a tree, and
 * most of them again a second later. So a large batch appends what it adds as
 * one row of octets; after a minute all that has come together goes into the
 * sums, each once, in one transaction that empties the tail. A sum has its row
 * from the start, which stands at 0 until then. What is damaged in the tail is
 * added to nothing and left where it is. For this room alone.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"

struct tally;
struct tally_place;

struct tally_tail {
    struct buffer octets; /* what the batch at hand adds */
    bool is_used;         /* by the batch at hand */
    bool must_fold;       /* with the batch at hand */
    bool has_put;         /* so has the batch at hand, */
    bool has_folded;      /* or this */
    int64_t n_batches;    /* in the file */
    int64_t bytes;        /* of those */
    int64_t since_ms;     /* when the first of them came; 0: before us */
    int64_t n_damaged;    /* likewise of those that cannot be read */
};

/* Readies an empty one. Allocates nothing. */
void tally_tail_init(struct tally_tail *tail);

/* Frees it. */
void tally_tail_deinit(struct tally_tail *tail);

/* Asks how much stands in the file. Returns: 0, -1 with err. */
int tally_tail_ask(struct tally *tally, struct err *err);

/*
 * Adds to a sum that has a row, by way of the tail.
 * Returns: 0, 1 where a batch has no room for more, -1 with err.
 */
int tally_tail_add(struct tally *tally, const struct tally_place *place,
                   int64_t sessions, int64_t failures, struct err *err);

/* Adds all of the tail to its sums and empties it, in the batch at hand.
 * Returns: 0, -1 with err. */
int tally_tail_fold(struct tally *tally, struct err *err);

/* Appends what the batch adds or, when it is time, folds. Returns: 0, -1 with
 * err. */
int tally_tail_put(struct tally *tally, struct err *err);

/* Takes note of how the batch ended. */
void tally_tail_end(struct tally_tail *tail, bool is_committed);
