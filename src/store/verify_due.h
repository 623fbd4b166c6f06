/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What the tail has yet to add to sums that are being verified.
 *
 * Facts are compared with the tree of sums, and where they differ the tail (see
 * tail.h) must be the difference; what it has beyond is a fault as well. For
 * this room alone.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/tail.h"

enum { VERIFY_FIGURES = 10 };

/* A sum of which facts and tree say different things: reports, sessions,
 * failures, failed reports and their sessions, of the facts and kept by turns. */
struct verify_difference {
    int64_t block;
    int64_t label_id;
    int64_t figures[VERIFY_FIGURES];
    int64_t first_day, last_day; /* of the facts */
};

/* What is due to the sums of one comparison; seen[i]: the facts asked for it. */
struct verify_due {
    struct tail_part part;
    bool *seen;
};

/*
 * Finds what is due to the sums of a kind, level and domain, between tail_begin
 * and tail_end. Levels of the tree agree with each other whatever is in the
 * tail, which is about days; and of TLS reports the lines are in the tail as
 * their sums are, of which verify_due_agrees says more.
 * Owns: the caller, verify_due_deinit in any case.
 * Returns: 0, -1 with err.
 */
int verify_due_find(struct store *store, int kind, int level, int64_t domain_id,
                    struct verify_due *out_due, struct err *err);

/* Frees it. */
void verify_due_deinit(struct verify_due *due);

/* Adds what is due to what is kept. Returns: whether they agree now. */
bool verify_due_settle(struct verify_due *due,
                       struct verify_difference *difference);

/*
 * Compares, of what is due, the sums of each domain with those under which domains
 * are labels of all: they are the same once more.
 * out_domain_id: where they differ, one whose sums do. out_difference: of the
 * latter; they take the place of the facts.
 * Returns: whether they agree.
 */
bool verify_due_agrees(const struct store *store, int64_t *out_domain_id,
                       struct verify_difference *out_difference);

/* The next domain behind one that something is due to; INT64_MAX for none. */
int64_t verify_due_domain(const struct store *store, int64_t domain_id);
