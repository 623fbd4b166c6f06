/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Damaged: a report whose facts cannot be read is gone round.
 *
 * Its lines say what it added to sums, so by them it is taken out of lists and
 * sums, or moved within them. Its raw, where that is kept, goes into quarantine
 * to be read again, which gives it facts once more. Finding the lines of one
 * report steps over all lists there are: some 100 ms. For this room alone.
 */

#include "store/facts.h"
#include "store/lines.h"

/*
 * Takes a TLS report out of its lists, whether its facts can be read or not, the
 * tail being empty. Where not all of it is found, that something is lost is noted.
 * out_facts: to take out of sums; without policies where they are damaged.
 * Owns: the store's scratch arena.
 * Returns: 0, -1 with err.
 */
int damaged_load_out(struct store *store, int64_t report_id, int64_t standing,
                     struct facts *out_facts, struct err *err);

/*
 * Moves the lines of a report whose facts are damaged to another standing, the
 * tail being empty, and has it read again.
 * out_facts: as of damaged_load_out.
 * Returns: 0, -1 with err.
 */
int damaged_move(struct store *store, int64_t report_id, int64_t from,
                 int64_t to, struct facts *out_facts, struct err *err);

/* Has a report read again from its raw. Returns: 0, -1 with err. */
int damaged_note(struct store *store, int64_t report_id, struct err *err);
