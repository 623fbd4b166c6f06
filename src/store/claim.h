/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Claim: what stands unclaimed, when more domains are ours.
 *
 * A report about a domain of others is in no sum. When the domain becomes ours it
 * takes the standing that its proof gives it, as found when it came; neither its
 * octets nor DNS are needed. Slice by slice, so that a daemon goes on meanwhile.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/put.h"

struct store;

/* What the rooms above know. */
struct store_claim_judge {
    /* Tells whether reports about a domain are ours. */
    bool (*is_ours)(void *context, const char *domain);

    /* Gives the standing of a report that is ours. way and rule as
     * store_arrival. */
    enum store_standing (*standing)(void *context, int way, int rule,
                                    enum store_proof proof);
    void *context; /* of both */
};

/* A work of several steps; all zero at its beginning. */
struct store_claim {
    int64_t origin_id, after_id; /* up to here all is looked at */
    int64_t n_claimed;           /* reports that are ours now */
    int64_t n_waiting; /* that wait for DNS, and are due now to be judged */
};

/*
 * Looks at the next slice, in a transaction of its own where something is to be
 * changed. All domains of a report have to be ours. A step that fails leaves
 * claim as it was, to be done again.
 * now: utc_time.
 * Returns: 1 where there may be more, 0 at the end, -1 with err.
 */
int store_claim_step(struct store *store, struct store_claim *claim,
                     const struct store_claim_judge *judge, int64_t now,
                     struct err *err);
