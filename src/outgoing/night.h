/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Night: the reports of one day, made or only told.
 *
 * One ordered pass over the tallies of each identity: a draft a domain and
 * record, judged, addressed, composed and put into the outbox, some hundred a
 * commit. What stands there already is passed over, so that a run cut off by a
 * crash is made up by the next one, and two runs make nothing twice. Workload:
 * 10,000 domains in two seconds of one core; memory: one domain's rows.
 */

#include "base/clock.h"
#include "outgoing/plan.h"
#include "outgoing/settings.h"
#include "store/outbox.h"

/* What becomes of the report of a domain. */
enum outgoing_verdict {
    OUTGOING_MADE,    /* put into the outbox; in a dry run: would be */
    OUTGOING_STANDS,  /* stands there already, or was passed over before */
    OUTGOING_SKIPPED, /* not made; see reason */
    OUTGOING_VERDICT_COUNT
};

/* Told of each domain and record. Valid within the callback. */
struct outgoing_item {
    enum outgoing_verdict verdict;
    const char *reason; /* for people; "" of OUTGOING_MADE */
    utc_day day;
    const struct outgoing_identity *identity;
    const char *domain;
    struct slice record;
    int64_t successes, failures;      /* sessions */
    const struct outgoing_plan *plan; /* NULL where none was made */
    struct slice report_id;           /* of OUTGOING_MADE: of the first part */
    int64_t n_parts;
    int64_t json_bytes, gzip_bytes; /* of all parts */
    int64_t n_folded;               /* details that were folded */
    struct slice json; /* of OUTGOING_MADE: the text of the last part */
};

typedef int outgoing_item_function(void *context,
                                   const struct outgoing_item *item,
                                   struct err *err);

struct outgoing_night {
    const struct outgoing_settings *settings;
    struct outbox *outbox; /* for writing; a dry run reads, or has none: NULL */
    const struct clock *clock;
    utc_day day;
    uint64_t seed; /* for the times of start */
    bool is_dry;   /* put nothing */
    bool
        closes_tallies; /* first, where they have not: later sums are of the next
                            open day */
    const char *domain; /* this one alone, A-labels; NULL: all */
    bool (*should_stop)(void *context); /* or NULL */
    outgoing_item_function *function;   /* or NULL */
    /* Or NULL: each item is committed before the function is told of it, which may
     * take its time. Else the function only notes what it is told, and here hands
     * on what it noted: is_kept, or forgets it, since it was not stored. */
    void (*hand_on)(void *context, bool is_kept);
    void *context;
};

/* What a night made. */
struct outgoing_counts {
    int64_t n_items[OUTGOING_VERDICT_COUNT];
    int64_t n_deliveries;
    int64_t n_suppressed;
    int64_t json_bytes, gzip_bytes;
    int64_t
        n_failed; /* identities with a tally that cannot be read or closed */
    int64_t
        n_unnamed; /* sessions of domains beyond the caps of the collector */
};

/*
 * Makes the reports of a day, and closes it in the outbox when all are made (not
 * in a dry run, of one domain, by settings of a part, or before its end). An
 * identity with a tally that cannot be read, or closed, is passed over, since a
 * report of a part would be false: the others are made, the day stays open, and it is -1.
 * Returns: 0; 1 where it was stopped; -1 with err; what the function returned.
 */
int outgoing_night_run(const struct outgoing_night *night,
                       struct outgoing_counts *out_counts, struct err *err);
