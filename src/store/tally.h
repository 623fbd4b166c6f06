/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Tally: tally.db, the sums of sessions by UTC day, as we saw them ourselves.
 *
 * The collector alone writes it, once a second in one batch; reporter, dashboard
 * and others read. A row is a policy of a recipient domain under one TLSRPT
 * record, or one failure detail of it. Workload: some thousand rows added to a
 * second, 100,000 domains with a few rows each a day, a day read once in one
 * ordered pass. A day that is closed takes no row any more.
 *
 * A handle belongs to one thread at a time, and a callback asks nothing of the
 * tally that called it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"
#include "store/store.h"

struct tally; /* opaque */

/* One sum. Texts are UTF-8 without NUL; which of them are empty says what it is
 * the sum of. */
struct tally_row {
    utc_day day;         /* 1970-01-01 or later */
    struct slice domain; /* recipient domain, clean; empty: domains beyond all
                             caps, about which no report can be made */
    struct slice record; /* TLSRPT record as it came; empty: records beyond the
                             cap, likewise */
    struct slice policy; /* event_policy_key */
    struct slice detail; /* event_detail_key; empty: the policy itself */
    int64_t sessions;    /* of a policy: all; of a detail: those that failed */
    int64_t failures;    /* of a policy: those that failed; of a detail: 0 */
    bool is_too_much;    /* of tally_merged_each alone: a domain whose rows are
                            too large to be added up, instead of all of them */
};

/* ---- Life --------------------------------------------------------------- */

/*
 * Opens a tally. STORE_WRITE creates the file (mode 0600, its folder must exist)
 * and brings its schema up to date.
 * clock: must outlive the tally.
 * Owns: the caller, until tally_close.
 * Returns: 0, -1 with err (ERR_USAGE for an URL of another kind; ERR_STORE).
 */
int tally_open(const char *url, enum store_mode mode, const struct clock *clock,
               struct tally **out_tally, struct err *err);

/* Closes it, giving up a batch left open. NULL is allowed. */
void tally_close(struct tally *tally);

/*
 * Tells whether another file, or none, stands where this one was opened: it was
 * moved or removed, and what is written goes with it. tally_close leaves it whole.
 */
bool tally_is_gone(struct tally *tally);

/* ---- Writing ------------------------------------------------------------ */

/*
 * Begins and ends a batch: all rows added between are one transaction. A commit
 * is durable when it returns 0; where it fails nothing of the batch was added.
 * Returns: 0, -1 with err.
 */
int tally_begin(struct tally *tally, struct err *err);
int tally_commit(struct tally *tally, struct err *err);

/* Gives a batch up. */
void tally_abandon(struct tally *tally);

/*
 * Marks the batch with a number that no other batch has, so that one whose commit
 * failed is known again where it is in the file all the same: a disk that fails at
 * the sync may have taken what was written. To be called before rows are added.
 * Returns: 0, 1 where the file has a batch of this mark last (its rows are there),
 * -1 with err.
 */
int tally_mark(struct tally *tally, int64_t mark, struct err *err);

/*
 * Sets how many rows a day may have of all domains together; 0 is any number, as
 * it is at first. Those without a domain are few and always taken.
 */
void tally_limit_day(struct tally *tally, int64_t max_rows);

/* What tally_add answers where it adds nothing. */
enum tally_refusal {
    TALLY_CLOSED = 1, /* the day is closed */
    TALLY_FULL = 2 /* the row is new, and the domain has max_rows that day, or
                         the day as many as it may have */
};

/* Where the sum of a key stands, so that who adds to it again spares its texts
 * being looked up. All 0 at first; known to one handle until something is undone
 * or removed by it, looked up anew then. */
struct tally_place {
    uint64_t era; /* of the handle; 0: not known */
    utc_day day;
    int64_t domain_id;
    int64_t record_id;
    int64_t policy_id;
    int64_t detail_id;
    bool has_row; /* made by who added last, or found */
};

/*
 * Tells how many sums the batch at hand adds to, some more or less. Those of many
 * may then wait in the file for up to a minute, together, before readers see
 * them: until tally_is_due, tally_settle, or a day is closed. They are as durable
 * there.
 */
void tally_expect(struct tally *tally, uint64_t n_sums);

/* Tells whether sums have waited long enough: the next batch, an empty one too,
 * adds them. */
bool tally_is_due(const struct tally *tally);

/* Adds sums that wait, outside a batch. Returns: 0, -1 with err. */
int tally_settle(struct tally *tally, struct err *err);

/* How many batches that waited were found damaged, by this handle or before it was
 * opened for writing; they were left where they are, and added to nothing. */
int64_t tally_damaged(const struct tally *tally);

/*
 * Adds to the sum of the row's key, in a batch; sums end at 2^53-1.
 * place: of this key alone; NULL for none.
 * max_rows: how many rows the domain may have on the day; 0 is no limit. A row
 *   that is there already is always added to.
 * Returns: 0, an enum tally_refusal, -1 with err (the batch must be given up).
 */
int tally_add_at(struct tally *tally, const struct tally_row *row,
                 struct tally_place *place, int64_t max_rows, struct err *err);

/* As tally_add_at, without a place. */
int tally_add(struct tally *tally, const struct tally_row *row,
              int64_t max_rows, struct err *err);

/*
 * Closes a day and all before it: no row of them is added any more. In a batch it
 * takes effect with it, else at once. Closing an earlier day than the last closed
 * one changes nothing.
 * Returns: 0, -1 with err.
 */
int tally_close_day(struct tally *tally, utc_day day, struct err *err);

/*
 * Removes all rows of a day that is not closed, in a batch, for who then adds what
 * takes their place.
 * Returns: 0, TALLY_CLOSED, -1 with err (the batch must be given up).
 */
int tally_clear_day(struct tally *tally, utc_day day, struct err *err);

/*
 * Removes rows of days before a day, at most max_rows of them, and the texts that
 * only they used; outside a batch.
 * Returns: 0, 1 where there may be more, -1 with err.
 */
int tally_prune(struct tally *tally, utc_day before, size_t max_rows,
                struct err *err);

/* ---- Reading ------------------------------------------------------------ */

/* The last closed day, UTC_DAY_NONE before the first. Returns: 0, -1 with err. */
int tally_closed_day(struct tally *tally, utc_day *out_day, struct err *err);

/*
 * The first day later than `after` that has rows; UTC_DAY_NONE asks for the very
 * first. *out_day gets UTC_DAY_NONE where there is none.
 * Returns: 0, -1 with err.
 */
int tally_next_day(struct tally *tally, utc_day after, utc_day *out_day,
                   struct err *err);

/* The number of the last commit that changed something, for ETags.
 * Returns: 0, -1 with err. */
int tally_change(struct tally *tally, int64_t *out_change, struct err *err);

/* Takes one row; its texts are valid until it returns.
 * Returns: 0 to go on, else what tally_each is to return. */
typedef int tally_function(void *context, const struct tally_row *row,
                           struct err *err);

/*
 * Gives all rows of a day, in the order of the octets of domain, then record,
 * then policy, then detail, so that a policy comes before its details and several
 * tallies can be merged as they are read. Each domain is read from one moment of
 * the file; no read transaction outlives a domain.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_each(struct tally *tally, utc_day day, tally_function *function,
               void *context, struct err *err);

/*
 * As tally_each, for one domain.
 * Returns: 0, -1 with err, or what the function returned if not 0.
 */
int tally_each_of(struct tally *tally, utc_day day, struct slice domain,
                  tally_function *function, void *context, struct err *err);
