/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mend: sums that are made anew from the facts.
 *
 * What a commit adds to the sums may get lost on the disk, and any sum may be
 * damaged; facts have all that is needed to make them again. Those that differ
 * are found as by a verification, a kind and a domain at a time, and written in
 * the transaction in which they were compared. That something was lost is
 * remembered until all sums were made anew. For this room alone, but for
 * store_count_lost and store_mend of verify.h.
 */

#include <stddef.h>

#include "base/err.h"
#include "store/rollup.h"

struct store;

/* Sums to be written. */
struct mending {
    struct rollup_delta *rows; /* without a report: to be dropped */
    size_t n;
    size_t capacity;
};

/* Frees what it has. */
void mend_deinit(struct mending *mending);

/* Notes how a sum should be. Returns: 0, -1 when out of memory. */
int mend_add(struct mending *mending, const struct rollup_delta *sum);

/* Begins a batch with nothing in the tail. Returns: 0, -1 with err. */
int mend_begin(struct store *store, struct err *err);

/*
 * Writes what was noted and commits; where status is negative it gives the batch
 * up. What was noted is forgotten.
 * Returns: 0, status where that is negative, -1 with err.
 */
int mend_end(struct store *store, struct mending *mending, int status,
             struct err *err);

/* Remembers, in a batch, that what n commits added is lost.
 * Returns: 0, -1 with err. */
int mend_note_lost(struct store *store, int64_t n, struct err *err);

/* Forgets, in a batch of its own, that something was lost.
 * Returns: 0, -1 with err. */
int mend_forget_lost(struct store *store, struct err *err);
