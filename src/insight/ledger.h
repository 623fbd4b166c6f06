/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Ledger: how the domains that we send to fare, kept in memory.
 *
 * Who looks at a page must not wait for a pass over 300,000 rows a day. So one
 * thread reads the tallies (insight_ledger_refresh), closed days once and open
 * ones when they have changed, and whoever asks is answered from memory: the sums
 * of each day, and the domains that failed, the worst first. What is told of
 * single domains beyond that stands in insight/sending.h. Workload: 100,000
 * domains a day over a month: 12 MB, and a millisecond or two a question.
 */

#include <stdbool.h>
#include <stdint.h>

#include "insight/insight.h"
#include "insight/tallies.h"

enum {
    /* Days it goes back, today included: a collector keeps 30 unless told
     * otherwise. As many as an integer has bits, less two. */
    INSIGHT_LEDGER_DAYS = 62,
    /* Failing domains of a day that are known one by one; of more than these
     * nobody reads a list. All are in the sums. */
    INSIGHT_LEDGER_FAILING = 20000,
    /* Domains that are known by name: ten times the largest senders', some 250
     * MB with their names. What is beyond is in the sums alone. */
    INSIGHT_LEDGER_DOMAINS = 1000000,
    /* A cursor: a rank, a number, a domain. */
    INSIGHT_LEDGER_CURSOR_BYTES = 320
};

struct insight_ledger; /* opaque */

/*
 * Makes an empty ledger of some tallies, reading nothing yet.
 * urls: "sqlite:PATH" each; clock: both must outlive the ledger.
 * Owns: the caller, insight_ledger_free.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int insight_ledger_new(const char *const *urls, size_t n,
                       const struct clock *clock,
                       struct insight_ledger **out_ledger, struct err *err);

/* Frees it; nobody uses it any more. NULL is allowed. */
void insight_ledger_free(struct insight_ledger *ledger);

/*
 * Reads what is new in the tallies; by one thread alone, while others ask.
 * should_stop: asked between days, NULL = never.
 * Cost: some 50 ms for a day of 100,000 domains.
 * Returns: 0, also where a tally could not be read (see insight_ledger_ask); -1
 * with err (ERR_MEMORY), after which it tells what it told before.
 */
int insight_ledger_refresh(struct insight_ledger *ledger,
                           bool (*should_stop)(void *context), void *context,
                           struct err *err);

/* A day of the ledger. */
struct insight_ledger_day {
    utc_day day;
    bool is_closed;             /* no session can come any more */
    int64_t sessions, failures; /* distinct sessions */
    int64_t success_evaluations, failure_evaluations; /* as reports count */
    int64_t unnamed;                                  /* under no domain */
    size_t n_domains, n_failing;
    size_t n_more; /* of n_domains: known in the sums alone, once a tally */
};

/* A domain that failed, as the ledger knows it. */
struct insight_ledger_domain {
    const char *domain;
    struct insight_verdict verdict; /* of the last 7 days, today so far too */
    int64_t failures;               /* in the range */
    uint64_t seen, failed; /* days with sessions, with failures; bit 0 today */
};

/* What is asked. */
struct insight_ledger_question {
    struct store_range range;
    const char *cursor; /* of an answer before; NULL: from the worst */
    size_t limit;       /* rows */
};

/* What is answered; all of it lives in the arena given. */
struct insight_ledger_answer {
    bool is_ready;  /* all days have been read once */
    utc_time as_of; /* when the tallies were last looked at */
    utc_day today;  /* of bit 0 */
    struct insight_file *files;
    size_t n_files;
    struct insight_ledger_day *days; /* of the range, with sessions, in order */
    size_t n_days;
    struct insight_ledger_day so_far; /* today */
    struct insight_ledger_day sum; /* of days; day: the first of them; domains
                                         each once */
    size_t
        n_by_state[INSIGHT_STATE_COUNT]; /* of all domains of the last 7 days */
    struct insight_ledger_domain *domains; /* trouble first, then failures
                                              falling, then name */
    size_t n_domains;
    char cursor[INSIGHT_LEDGER_CURSOR_BYTES]; /* of the next page; "" none */
};

/*
 * Answers from memory, from any thread.
 * Returns: 0, -1 with err (ERR_USAGE: no cursor of ours; ERR_MEMORY, ERR_LIMIT).
 */
int insight_ledger_ask(struct insight_ledger *ledger,
                       const struct insight_ledger_question *question,
                       struct arena *arena,
                       struct insight_ledger_answer *out_answer,
                       struct err *err);

/*
 * Tells since when a domain fails: the first day of the run of days with failures
 * that ends with its last one; days without sessions do not end it.
 * seen, failed: as above; today: the day of bit 0.
 * *out_is_first: no day before it is known on which sessions succeeded alone.
 * Returns: the day; UTC_DAY_NONE where it did not fail.
 */
utc_day insight_ledger_since(uint64_t seen, uint64_t failed, utc_day today,
                             bool *out_is_first);

/* Tells whether one of the last two days with sessions failed. */
bool insight_ledger_is_open(uint64_t seen, uint64_t failed);
