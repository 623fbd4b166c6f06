/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Days: which day a session belongs to, and when a day may be closed.
 *
 * A session belongs to the UTC day it came on, by our clock; never to one that is
 * closed, whatever the clock says. A clock may be wrong: one that leaps far ahead
 * would close days that have hardly begun, so it is believed only after it has
 * said so for a while.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/utc.h"

struct day_watch {
    int64_t believed_s;    /* the clock against one that never steps */
    int64_t seen_s;        /* likewise, as it said last */
    int64_t doubt_until_s; /* by the latter; INT64_MIN: no doubt */
    bool is_away;          /* in doubt since the start: nothing is believed */
};

/* The day of a session that comes now. closed: the last closed day. */
utc_day day_of_session(utc_time now, utc_day closed);

/*
 * Begins to watch the clock. steady_s: seconds of a clock that never steps.
 * closed: the last day that was closed before, UTC_DAY_NONE if none.
 */
void day_watch_init(struct day_watch *watch, utc_time now, int64_t steady_s,
                    utc_day closed);

/* Tells whether the clock is believed enough to close a day by it. */
bool day_watch_trusts(struct day_watch *watch, utc_time now, int64_t steady_s);

/* The time to go by: what the clock says, or while that is in doubt what it would
 * say without the leap. Looks as day_watch_trusts does. */
utc_time day_watch_time(struct day_watch *watch, utc_time now,
                        int64_t steady_s);
