/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Throttle: how much one address may have at a time and a second.
 *
 * A table of addresses that have something open, or had requests lately, with a
 * maximum of its own: where it is full, who has nothing open is forgotten.
 * Workload: some thousand requests a second, from any thread; two look-ups each.
 */

#include <stdint.h>

#include "base/err.h"
#include "web/peer.h"

struct throttle;

/* What one address may have; 0 = as much as it likes. */
struct throttle_options {
    unsigned connections; /* open ones; beyond it a new one is closed */
    unsigned requests;    /* at a time; beyond it: later */
    unsigned per_second;  /* requests, over longer times */
    unsigned burst;       /* requests at once, after a rest; 0 = one */
    unsigned addresses;   /* kept in the table, 1 at least */
};

/*
 * Makes an empty table.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int throttle_new(const struct throttle_options *options,
                 struct throttle **out_throttle, struct err *err);

/* Frees the table. NULL is allowed. */
void throttle_free(struct throttle *throttle);

/*
 * Counts a new connection. Returns: 0; 1 where there are too many: not counted.
 */
int throttle_connect(struct throttle *throttle, const struct peer *peer);

/* Counts a connection off that throttle_connect has counted. */
void throttle_disconnect(struct throttle *throttle, const struct peer *peer);

/*
 * Counts a request that begins at a moment of clock_monotonic_ms.
 * Returns: 0; else after how many seconds to come again: not counted.
 */
unsigned throttle_begin(struct throttle *throttle, const struct peer *peer,
                        int64_t now_ms);

/* Counts a request off that throttle_begin has counted. */
void throttle_end(struct throttle *throttle, const struct peer *peer);
