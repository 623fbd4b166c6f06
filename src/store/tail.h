/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tail: what recent commits added to sums and lists, not yet in their trees.
 *
 * Reports that arrive by the hundred touch a thousand sums a commit, and as many
 * lines of lists, each a row of a tree somewhere else. So a commit appends what
 * it adds to the sums of days, and the facts of its reports, as one row of
 * octets; when some thousand have come together they go into the trees in one
 * transaction that empties the tail. Whoever reads sums or lists adds the tail
 * to them: every handle keeps it in memory, and reads on behind what it has. All
 * lines of a report are in the tree or all of them are in the tail; what is
 * taken out is taken out of the trees, with an empty tail. A row that is damaged,
 * as its checksum tells, is passed over, so that all goes on: sums and lists lack
 * what it said until they are made anew (see mend.h). For this room alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/lines.h"
#include "store/rollup.h"

struct store;

struct tail {
    struct lines lines;                /* as their reports came */
    struct lines new_lines;            /* of the batch at hand, */
    struct buffer new_facts;           /* and the facts that give them */
    struct rollup sums;                /* of days alone */
    const struct rollup_delta **order; /* the same as in the tree */
    size_t order_capacity;
    bool is_ordered;
    bool is_current;           /* until the transaction at hand ends */
    int64_t first_id, last_id; /* rows that are in it; 0 none */
    int64_t put_id;            /* of the batch at hand, 0 none */
    bool was_taken;            /* its sums are with those of the batch */
    size_t bytes;              /* of sums in those rows, */
    size_t facts_bytes;        /* and of facts */
    int64_t n_damaged;         /* of those rows, which could not be read */
};

/* Sums of the tail, in the order of the tree. */
struct tail_part {
    const struct rollup_delta *const *items;
    size_t n;
};

/* Readies an empty one. Allocates nothing. */
void tail_init(struct tail *tail);

/* Frees it. */
void tail_deinit(struct tail *tail);

/* Forgets all that is known of the tail; it is read anew when asked for. */
void tail_forget(struct store *store);

/* Reads what is new in the tail. Returns: 0, -1 with err. */
int tail_sync(struct store *store, struct err *err);

/*
 * Notes what a report that is put adds to lists.
 * octets: of its facts.
 * Returns: 0, -1 with err.
 */
int tail_add(struct store *store, const struct facts *facts,
             struct slice octets, int64_t report_id, int64_t standing,
             struct err *err);

/* Forgets what the batch adds to lists. */
void tail_drop_new(struct store *store);

/* Tells whether the batch adds anything. */
bool tail_has_new(const struct store *store);

/* Tells whether what the batch adds belongs into the trees, with the
 * tail. */
bool tail_is_full(const struct store *store);

/* Appends what the batch adds, in its transaction. Returns: 0, -1 with err. */
int tail_put(struct store *store, struct err *err);

/* Takes over what the batch added, after its COMMIT. */
void tail_keep(struct store *store);

/* Writes all lines, adds the sums of the tail to what the batch adds, which goes
 * into the tree then, and empties it, in the transaction of the batch.
 * Returns: 0, -1 with err. */
int tail_take(struct store *store, struct err *err);

/*
 * Begins to read sums: tail and tree are of one moment until tail_end.
 * out_began: for tail_end.
 * Returns: 0, -1 with err.
 */
int tail_begin(struct store *store, bool *out_began, struct err *err);

/* Ends what tail_begin began. */
void tail_end(struct store *store, bool began);

/*
 * Finds the sums of a kind for one domain in days from..to, between tail_begin
 * and tail_end.
 * Owns: the tail, until it changes.
 * Returns: 0, -1 with err.
 */
int tail_find(struct store *store, int64_t kind, int64_t domain_id,
              int64_t from, int64_t to, struct tail_part *out_part,
              struct err *err);
