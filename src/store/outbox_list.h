/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Lists of an outbox: what the dashboard asks of it.
 *
 * Newest first, a page at a time, each by an index: 300,000 deliveries of a month
 * cost a page what ten cost it.
 */

#include "store/outbox.h"

/* Which deliveries are listed. */
struct outbox_listing {
    enum outbox_state state; /* OUTBOX_STATE_COUNT: whatever it is */
    struct slice domain;     /* of the report; empty: all */
    int64_t before;          /* go on before this id; 0: from the newest */
    size_t limit;            /* rows */
};

/* A delivery with what its report says. */
struct outbox_listed {
    struct outbox_delivery delivery;
    struct slice report_id;
    int64_t success_sessions, failure_sessions;
};

typedef int outbox_listed_function(void *context,
                                   const struct outbox_listed *listed,
                                   struct err *err);

/*
 * Gives deliveries by falling id.
 * Returns: 0, -1 with err, what the callback returned.
 */
int outbox_each_listed(struct outbox *outbox,
                       const struct outbox_listing *listing,
                       outbox_listed_function *function, void *context,
                       struct err *err);

typedef int outbox_day_function(void *context, const struct outbox_day *day,
                                struct err *err);

/* Gives the days that are composed whole, the latest first, at most n.
 * Returns: 0, -1 with err, what the callback returned. */
int outbox_each_day(struct outbox *outbox, size_t n,
                    outbox_day_function *function, void *context,
                    struct err *err);

/* Why reports of a day were not made, and how many. */
struct outbox_skip_reason {
    struct slice reason;
    int64_t n;
};

typedef int outbox_skip_reason_function(void *context,
                                        const struct outbox_skip_reason *reason,
                                        struct err *err);

/*
 * Gives the reasons of a day, that of the most reports first.
 * Cost: one pass over what was passed over that day.
 * Returns: 0, -1 with err, what the callback returned.
 */
int outbox_each_skip_reason(struct outbox *outbox, utc_day day,
                            outbox_skip_reason_function *function,
                            void *context, struct err *err);

/*
 * Gives what was passed over of a domain, the latest day first, at most n.
 * Returns: 0, -1 with err, what the callback returned.
 */
int outbox_each_skip_of(struct outbox *outbox, struct slice domain, size_t n,
                        outbox_skip_function *function, void *context,
                        struct err *err);

/* The number of the last commit that changed something, for ETags.
 * Returns: 0, -1 with err. */
int outbox_last_change(struct outbox *outbox, int64_t *out_change,
                       struct err *err);
