/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Schedule: when the deliveries of a night start.
 *
 * At random within the spread, each by itself, never before a second past
 * midnight (R-SND-1 to R-SND-3); at one host never more than the cap in a minute,
 * later than the spread where there is no room left in it (R-SND-43). Drawn once
 * and then kept in the outbox.
 */

#include "base/err.h"
#include "base/map.h"
#include "base/utc.h"

struct outgoing_schedule {
    utc_time begin;       /* first moment */
    int64_t spread_s;     /* at least 1 */
    int64_t max_a_minute; /* at one host; 0: any number */
    uint64_t random;      /* state, not 0 */
    struct map hosts;     /* of a host to its number in `lanes` */
    struct schedule_lane {
        int64_t n;     /* deliveries given out */
        int64_t first; /* the minute of the first one */
    } * lanes;
    size_t n_lanes;
    size_t capacity;
};

/*
 * Readies a schedule.
 * day: the day reported about; now: nothing starts before.
 * seed: any number; the same one draws the same times.
 */
void outgoing_schedule_init(struct outgoing_schedule *schedule, utc_day day,
                            utc_time now, int64_t spread_s,
                            int64_t max_a_minute, uint64_t seed);

/* Frees it. */
void outgoing_schedule_deinit(struct outgoing_schedule *schedule);

/*
 * Draws the start of one more delivery at a host ("" for none).
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int outgoing_schedule_draw(struct outgoing_schedule *schedule,
                           struct slice host, utc_time *out_at,
                           struct err *err);
