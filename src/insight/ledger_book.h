/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The book behind ledger.h: what is in memory, and how questions are answered
 * from it.
 *
 * For this room alone. A book is of one UTC day: the next one has a new book, so
 * that days need not be moved and numbers that a tally has given away anew do no
 * harm. Whoever changes or asks it holds the ledger's lock.
 */

#include <pthread.h>

#include "base/map.h"
#include "insight/ledger.h"
#include "insight/recent.h"

/* A failing domain of a day. */
struct ledger_failing {
    uint32_t place;
    int64_t failures;
};

/* A domain. */
struct ledger_domain {
    const char *name;                      /* in the book's arena */
    uint64_t seen, failed;                 /* bit n: n days before today */
    int64_t sessions[INSIGHT_RECENT_DAYS]; /* likewise */
    int64_t failures[INSIGHT_RECENT_DAYS];
};

/* What a domain adds to a day. */
struct ledger_sum {
    uint32_t place; /* among the domains */
    struct tally_sum sum;
};

enum { LEDGER_CHECKED = 256 };

/* Numbers of a tally that were looked up, the latest of them. */
struct ledger_checks {
    struct {
        int64_t number;
        uint32_t place;
    } last[LEDGER_CHECKED];
    size_t n; /* looked up so far */
};

struct ledger_book {
    utc_day today;
    size_t max_domains;
    bool is_open[INSIGHT_TALLIES_MAX]; /* tallies that its days are made of */
    int64_t changes[INSIGHT_TALLIES_MAX];
    bool is_known[INSIGHT_LEDGER_DAYS];
    struct insight_ledger_day days[INSIGHT_LEDGER_DAYS];
    struct ledger_failing *failing[INSIGHT_LEDGER_DAYS]; /* heap, worst first */
    size_t n_failing[INSIGHT_LEDGER_DAYS];
    struct ledger_domain *domains; /* heap */
    size_t n_domains;
    size_t capacity;
    struct arena names;
    struct map places;                       /* of a name */
    struct map numbers[INSIGHT_TALLIES_MAX]; /* of a tally's number; the
                                                reader's alone */
    struct ledger_checks checks[INSIGHT_TALLIES_MAX]; /* likewise */
    struct arena scratch;                             /* likewise */
};

struct insight_ledger {
    pthread_mutex_t lock;
    struct ledger_book *book; /* NULL: nothing read yet */
    struct insight_file files[INSIGHT_TALLIES_MAX];
    utc_time as_of;
    bool is_ready;
    const char *const *urls;
    size_t n;
    size_t max_domains; /* INSIGHT_LEDGER_DOMAINS */
    const struct clock *clock;
};

/* Makes an empty book for so many domains. Returns: NULL when out of memory. */
struct ledger_book *ledger_book_new(utc_day today, size_t max_domains);

/* Frees it. NULL is allowed. */
void ledger_book_free(struct ledger_book *book);

/*
 * Finds the place of a domain, giving it one where it is new.
 * Returns: 0, 1 where the book is full, -1 with err (ERR_MEMORY).
 */
int ledger_book_place(struct ledger_book *book, const char *name,
                      uint32_t *out_place, struct err *err);

/*
 * Puts the nth day before today, in the place of what was known of it.
 * day: its sums are counted here, beside what stands in it.
 * sums: in any order, a place more than once where several tallies have it; they are
 * sorted.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int ledger_book_put(struct ledger_book *book, int nth,
                    const struct insight_ledger_day *day,
                    struct ledger_sum *sums, size_t n, struct err *err);

/* Answers a question; *answer's files and times are filled in already. Returns:
 * as insight_ledger_ask. */
int ledger_book_ask(const struct ledger_book *book,
                    const struct insight_ledger_question *question,
                    struct arena *arena, struct insight_ledger_answer *answer,
                    struct err *err);

/* Adds a sum to another of the same domain. */
void ledger_sum_add(struct tally_sum *to, const struct tally_sum *from);

/* What stands in a day, as a sum of no domain. */
struct tally_sum ledger_day_sum(const struct insight_ledger_day *day);

/* Adds what a tally has to the counts of a day. day: in/out; neither is kept. */
void ledger_day_add(struct insight_ledger_day *day,
                    const struct tally_sum *sum);
