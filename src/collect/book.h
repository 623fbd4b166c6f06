/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Book: the sums of about a second, in memory.
 *
 * One thread fills it, then another writes it to the tally and empties it. Most
 * datagrams are the same octets as one before (a success names nobody), so a
 * datagram is read and cleaned only the first time: afterwards its octets lead
 * straight to its sums, also when these have been written and are 0 again.
 * Workload: 400,000 datagrams a second, some thousand of them different. All
 * that it holds has a maximum; beyond it sums are folded (collect/fold.h), and
 * nothing is left out.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "base/map.h"
#include "base/utc.h"
#include "collect/fold.h"
#include "collect/limits.h"
#include "event/event.h"
#include "store/tally.h"

/* How a book is kept; the same for all. */
struct book_rules {
    const struct event_cleaning *cleaning; /* NULL: the default */
    int64_t max_rows;                      /* of a domain and day, 1 or more */
};

/* A datagram that could not be read, or is odd, as it came. */
struct book_sample {
    char *octets; /* heap */
    size_t bytes; /* of it that are kept */
    size_t total; /* that it had */
    bool is_odd;  /* summed all the same */
    char reason[ERR_TEXT_BYTES];
};

struct book {
    const struct book_rules *rules;
    struct map seen;    /* datagram to its sums */
    struct arena lists; /* what the above leads to */
    struct map cells;   /* key of a sum to its struct book_cell */
    struct arena sums;  /* those */
    struct map domains; /* day and domain to how many sums it has */
    struct arena event; /* one datagram as it is read */
    struct buffer key;
    struct buffer policy_text;
    struct buffer detail_text;
    struct buffer fold_text;
    struct buffer count_text;
    struct book_sample samples[COLLECT_SAMPLES];
    size_t n_samples;
    utc_day day;          /* of what was added last */
    utc_day seen_day;     /* of what was seen */
    bool has_other_day;   /* some sums are of another day than that */
    uint64_t n_datagrams; /* summed in it */
    uint64_t n_folded;    /* times a sum was too many */
    int64_t since_ms;     /* when it was begun, for who fills it */
    int64_t mark;         /* of its batch, for who stores it; 0: none yet */
};

/* One sum, while it is given away. */
struct book_sum {
    utc_day day;
    struct fold_key key;
    int64_t sessions;
    int64_t failures;
    struct tally_place *place; /* in the tally; who stores it fills it */
};

enum book_outcome {
    BOOK_SUMMED,
    BOOK_ODD,       /* summed; another version of the format */
    BOOK_MALFORMED, /* no session event */
    BOOK_LOST       /* out of memory */
};

/* Readies an empty book. rules: outlive it. */
void book_init(struct book *book, const struct book_rules *rules);

/* Frees it. NULL is allowed. */
void book_deinit(struct book *book);

/* Sets all sums to 0. What has been seen is remembered, unless it is too much
 * or of another day. */
void book_reset(struct book *book);

/*
 * Adds one datagram to the sums of a day. text is changed.
 * Returns: what became of it. One that is malformed may be kept as a sample.
 */
enum book_outcome book_add(struct book *book, utc_day day, char *text,
                           size_t len);

/* How many sums it has about: no fewer than half, where each datagram has one. */
uint64_t book_count(const struct book *book);

/* A datagram that is about to be added. */
struct book_datagram {
    char *text; /* changed when it is */
    size_t len;
    uint64_t hash;
};

/* Asks for the memory that datagrams lead to, all at once, and sets their
 * hashes. */
void book_look_ahead(const struct book *book, struct book_datagram *datagrams,
                     size_t n);

/* As book_add, of one that book_look_ahead has seen. */
enum book_outcome book_add_next(struct book *book, utc_day day,
                                const struct book_datagram *datagram);

/* Keeps a datagram as a sample, if there is still room for one. octets: its
 * beginning. what: its total, is_odd and reason; not kept itself. */
void book_keep_sample(struct book *book, struct slice octets,
                      const struct book_sample *what);

/* Takes one sum; its texts are valid until it returns.
 * Returns: 0 to go on, else what book_each is to return. */
typedef int book_function(void *context, const struct book_sum *sum,
                          struct err *err);

/* Gives all sums, in no order. Returns: 0 or what the function returned. */
int book_each(const struct book *book, book_function *function, void *context,
              struct err *err);
