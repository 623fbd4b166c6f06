/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Folding: what becomes of sums that are too many.
 *
 * A domain has so many rows a day. What comes beyond is summed less finely, step
 * by step, and says so by a reason code: "and n more", n the count beside it,
 * under each result type of the policy, then of the policy type, then without the
 * record. No session is left out of the sums. additional-information is a URI
 * (RFC 8460 section 4.3.2), so nothing is said there.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* How finely a sum is kept. */
enum fold_level {
    FOLD_NONE,   /* as it came */
    FOLD_DETAIL, /* details of one result type are one */
    FOLD_POLICY, /* policies of one type are one, too */
    FOLD_RECORD, /* and records */
    FOLD_DOMAIN, /* and domains: no report can be made */
    FOLD_COUNT
};

/* What a sum is of. */
struct fold_key {
    struct slice domain;
    struct slice record;
    struct slice policy; /* event_policy_key */
    struct slice detail; /* event_detail_key; empty: of the policy itself */
    int type;            /* of the policy */
    int code;            /* result type of the detail */
};

/* failure-reason-code of a detail that stands for many. */
#define FOLD_REASON "aggregated"

/*
 * How many rows a domain may have for a sum of this level to be a new one of them;
 * 0: any number, as there can be but a few of that level.
 * max_rows: for those that are kept as they came.
 */
int64_t fold_limit(enum fold_level level, int64_t max_rows);

/*
 * Makes the key of a level. text is emptied and holds what is new in it; what is
 * not points to where the given key does.
 * Returns: 0, -1 when out of memory.
 */
int fold_key_at(const struct fold_key *key, enum fold_level level,
                struct buffer *text, struct fold_key *out_key);
