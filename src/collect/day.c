/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/day.h"

#include "collect/limits.h"

utc_day day_of_session(utc_time now, utc_day closed)
{
    utc_day day = utc_day_of(now);

    if (day < 0)
        day = 0;
    return day > closed ? day : closed + 1;
}

void day_watch_init(struct day_watch *watch, utc_time now, int64_t steady_s,
                    utc_day closed)
{
    bool was_long_away =
        closed != UTC_DAY_NONE && utc_day_of(now) - closed > COLLECT_AWAY_DAYS;

    watch->offset_s = now - steady_s;
    watch->doubt_until_s =
        was_long_away ? steady_s + COLLECT_DOUBT_S : INT64_MIN;
}

bool day_watch_trusts(struct day_watch *watch, utc_time now, int64_t steady_s)
{
    int64_t leap_s = now - steady_s - watch->offset_s;

    /* Back to what it said before, or small steps: nothing to doubt. */
    watch->offset_s = now - steady_s;
    if (leap_s > COLLECT_LEAP_S)
        watch->doubt_until_s = steady_s + COLLECT_DOUBT_S;
    else if (leap_s < -COLLECT_LEAP_S)
        watch->doubt_until_s = INT64_MIN;
    return steady_s >= watch->doubt_until_s;
}
