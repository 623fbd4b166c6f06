/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Draft: the report of one domain and record, as it grows row by row.
 *
 * Rows of a tally come ordered: a policy, then its details. What is the same is
 * added up, what is too much is folded (R-REP-40), and the whole is digested, so
 * that the same sums give the same report-id whenever they are composed.
 */

#include "crypt/digest.h"
#include "outgoing/settings.h"
#include "report/report.h"
#include "store/tally.h"

struct outgoing_draft {
    utc_day day;
    const char *domain; /* in the arena */
    struct slice record;
    struct arena arena;             /* of all that hangs on it */
    struct digest *digest;          /* of the rows */
    struct report_policy *policies; /* heap, grown; failures in heap lists */
    size_t n_policies;
    size_t capacity;
    struct report_failure *failures; /* heap: of the last policy */
    size_t n_failures;
    size_t failure_capacity;
    struct slice policy_key; /* of the last policy, in the arena */
    bool is_odd;             /* two policies may be the same */
    bool is_odd_detail;      /* likewise details of the last policy */
    int64_t n_folded;        /* details folded */
};

/* Readies a draft for many reports. Returns: 0, -1 with err. */
int outgoing_draft_init(struct outgoing_draft *draft, struct err *err);

/* Frees it. */
void outgoing_draft_deinit(struct outgoing_draft *draft);

/* Empties it and begins the report that a row belongs to. Returns: 0, -1. */
int outgoing_draft_begin(struct outgoing_draft *draft,
                         const struct tally_row *row, struct err *err);

/* Tells whether a row belongs to the same report. */
bool outgoing_draft_takes(const struct outgoing_draft *draft,
                          const struct tally_row *row);

/*
 * Adds a row.
 * Returns: 0, -1 with err (ERR_INPUT: a key that cannot be read; ERR_LIMIT: too
 * much for one report).
 */
int outgoing_draft_add(struct outgoing_draft *draft,
                       const struct tally_row *row, struct err *err);

/*
 * Ends it: policies without a session are taken out, the same ones joined.
 * Returns: 0, -1 with err.
 */
int outgoing_draft_end(struct outgoing_draft *draft, struct err *err);

/* Sums over all policies. Those that one session was held against under sts and
 * tlsa both count it; `sessions` counts the larger sum of the two, so that it is
 * never more than there were. */
struct outgoing_sums {
    int64_t successes;
    int64_t failures;
    int64_t sessions;
    bool
        has_details; /* also where each session succeeded, as by the good policy
                         that was kept while a new one could not be fetched */
};
struct outgoing_sums outgoing_draft_sums(const struct outgoing_draft *draft);
