/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Standing: what is stored under a report's key, and which of it counts.
 *
 * For this room alone. Under a key one report stands (counted, unproven or
 * unclaimed), the others conflict with it. A report takes its place that is
 * nearer to counting, or equally near and better proven; among equals the first
 * stays.
 */

#include <stdbool.h>

#include "store/put.h"

struct standing {
    int64_t head_id; /* 0 where the key is new */
    enum store_standing head_standing;
    int64_t head_proof;
    int64_t same_id; /* the one of the same content, 0 where there is none */
    enum store_standing same_standing;
};

/* Finds what stands under a key. Returns: 0, -1 with err. */
int standing_find(struct store *store, const unsigned char *key,
                  const struct store_report *report,
                  struct standing *out_standing, struct err *err);

/* Tells whether a report takes the place of the one that stands. */
bool standing_is_better(const struct standing *standing,
                        const struct store_report *report);

/* Moves a stored report from one standing to another; the sums follow.
 * Returns: 0, -1 with err. */
int standing_move(struct store *store, int64_t report_id,
                  enum store_standing from, enum store_standing to,
                  struct err *err);
