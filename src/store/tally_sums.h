/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Sums of a tally: what the dashboard asks of it.
 *
 * A domain goes by its number in the file, so that a day is read without its
 * texts; its name is asked for once. Sums are distinct sessions: one that stands
 * under sts and under tlsa counts once, by the larger of the two sums of a
 * record. What stands under no domain or record is that of number 0. Workload:
 * 100,000 domains of a day in some 50 ms, a domain's day in some 10 us.
 */

#include "base/arena.h"
#include "store/tally.h"

/* What a domain, or number 0, has on a day. */
struct tally_sum {
    int64_t domain;   /* its number */
    int64_t sessions; /* distinct */
    int64_t failures; /* of them failed */
    int64_t
        success_evaluations; /* as a report counts them: under each policy */
    int64_t failure_evaluations;
};

/* Takes one sum. Returns: 0 to go on, else what tally_each_sum is to return. */
typedef int tally_sum_function(void *context, const struct tally_sum *sum,
                               struct err *err);

/*
 * Gives a sum for each domain of a day, by rising number.
 * Cost: one pass over the rows of the day, and of a domain with several policies
 * one look at each.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_each_sum(struct tally *tally, utc_day day,
                   tally_sum_function *function, void *context,
                   struct err *err);

/*
 * The sum of one domain on a day; zeros where it has no row.
 * Returns: 0, -1 with err.
 */
int tally_sum_of(struct tally *tally, utc_day day, int64_t domain,
                 struct tally_sum *out_sum, struct err *err);

/*
 * The number of a domain, by its name as the tally has it.
 * Returns: 0, 1 where the tally has none of that name, -1 with err.
 */
int tally_domain_find(struct tally *tally, struct slice name,
                      int64_t *out_domain, struct err *err);

/*
 * The name of a domain.
 * Owns: *out_name lives in the arena.
 * Returns: 0, 1 where there is none of that number, -1 with err.
 */
int tally_domain_name(struct tally *tally, int64_t domain, struct arena *arena,
                      const char **out_name, struct err *err);

/* Why sessions of a domain failed. Texts are "" where absent, and valid until
 * the callback returns. */
struct tally_reason {
    const char *result_type; /* a name, or a number that has none */
    const char *reason;      /* failure-reason-code */
    const char *mx;          /* receiving-mx-hostname */
    int64_t failures;        /* a session may have failed for several reasons */
    utc_day first_day, last_day;
};

typedef int tally_reason_function(void *context,
                                  const struct tally_reason *reason,
                                  struct err *err);

/*
 * Gives the reasons of a domain over some days, the one of most failures first.
 * Cost: the domain's rows of these days; a look a day where it has none.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_each_reason(struct tally *tally, int64_t domain, utc_day from,
                      utc_day to, tally_reason_function *function,
                      void *context, struct err *err);

/*
 * The record of a domain on a day; of several the one with the most sessions.
 * Owns: *out_record lives in the arena; "" where there is none.
 * Returns: 0, -1 with err.
 */
int tally_record_of(struct tally *tally, utc_day day, int64_t domain,
                    struct arena *arena, const char **out_record,
                    struct err *err);

/* A policy that sessions of a domain were held against. Texts as above. */
struct tally_policy {
    const char *type; /* "sts", "tlsa", "no-policy-found", or a number */
    const char *domain;
    const char *text;            /* its lines, a line feed between them */
    int64_t successes, failures; /* evaluations */
};

typedef int tally_policy_function(void *context,
                                  const struct tally_policy *policy,
                                  struct err *err);

/*
 * Gives the policies of a domain on a day, the one of most sessions first, at
 * most n.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_each_policy(struct tally *tally, utc_day day, int64_t domain,
                      size_t n, tally_policy_function *function, void *context,
                      struct err *err);
