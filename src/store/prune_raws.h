/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Pruning of raws, for this room alone.
 *
 * Raws are in the order of their coming, but what holds them does not end in that
 * order. So all of them have their turn, though not in one run: where one ends is
 * noted in the store.
 */

#include "store/drop.h"
#include "store/prune.h"

/*
 * Looks at the next raw, in a batch, and drops its octets where its newest report
 * was stored before raw_at, all of it where nothing refers to it and it was put
 * before lone_at; both utc_time.
 * Returns: 1 where there may be more, 0 at the end of the run, -1 with err.
 */
int prune_raws_next(struct store *store, struct store_prune *prune,
                    int64_t raw_at, int64_t lone_at, struct drop_counts *counts,
                    struct err *err);
