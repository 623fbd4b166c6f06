/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Writer: the thread that stores what the other has summed.
 *
 * It takes a full book about once a second and adds it to the tally in one batch.
 * Where that fails the same book is tried again until it works, so that every sum
 * is stored once, and meanwhile the other thread fills its own on. Then days are
 * closed, samples kept, and old days removed.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/err.h"
#include "collect/book.h"
#include "collect/counters.h"
#include "collect/day.h"
#include "collect/deposit.h"
#include "collect/exchange.h"
#include "collect/ring.h"

/* What a writer has to tell, for a log. */
enum writer_note {
    WRITER_FAILING,   /* text: why; once until WRITER_WORKS */
    WRITER_WORKS,     /* text: NULL */
    WRITER_DAMAGED,   /* text: batches that waited in the tally and cannot be
                         read; they stay there. Also at the start */
    WRITER_GONE,      /* text: datagrams that were stored in the tally that was
                         moved or removed */
    WRITER_CLOSED,    /* text: the day */
    WRITER_DOUBTS,    /* text: the day that is not closed, as the clock leapt */
    WRITER_MALFORMED, /* of a datagram that is none, once a minute at most. text:
                         why; place: the file it is in, NULL for none */
    WRITER_ODD,       /* likewise of one that was summed all the same */
    WRITER_NO_SAMPLE, /* text: why it could not be kept; likewise */
    WRITER_GIVEN_UP,  /* text: why; at the end, sums could not be stored */
    WRITER_NOTES
};

typedef void writer_function(void *context, enum writer_note note,
                             const char *text, const char *place);

struct writer {
    struct deposit deposit; /* url, clock and max_rows are the caller's */
    const struct clock *clock;
    struct exchange *exchange;
    struct counters *counters;
    int64_t keep_days; /* closed days that stay; 0: all */
    struct ring ring;
    writer_function *note;
    void *context;

    struct book *book; /* taken and not stored yet; NULL for none */
    struct book *last; /* at the end: what was left being filled */
    struct day_watch watch;
    utc_day day; /* all before it may be closed; UTC_DAY_NONE */
    utc_day pruned_day;
    bool is_failing;
    int64_t n_damaged;                /* batches, as was told */
    struct err given_up;              /* why sums were, at the end */
    bool is_doubting;                 /* the clock, as was said */
    int64_t sampled_ms[WRITER_NOTES]; /* when it was told last */
    atomic_bool is_stopping;
    pthread_t thread;
};

/*
 * Opens the tally, so that counters->closed_day is known, and readies the rest.
 * Everything up to context is the caller's to fill; it must outlive the writer.
 * Returns: 0, -1 with err.
 */
int writer_open(struct writer *writer, struct err *err);

/* Starts the thread. Returns: 0, -1 with err. */
int writer_start(struct writer *writer, struct err *err);

/*
 * Stores what is left and stops the thread. last: the book that was being filled.
 * Returns: 0, -1 with err where sums had to be given up.
 */
int writer_stop(struct writer *writer, struct book *last, struct err *err);

/* Closes the tally. */
void writer_close(struct writer *writer);
