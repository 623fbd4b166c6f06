/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Recent days: what a verdict rests on.
 *
 * The last INSIGHT_RECENT_DAYS of a range decide how a domain stands, because
 * what was mended a month ago needs nobody, and a week holds every reporter's
 * rhythm but the rarest.
 */

#include "base/utc.h"
#include "store/store.h"

enum { INSIGHT_RECENT_DAYS = 7 };

/*
 * The last days of a range. last_day: the last day with a report, which ends a
 * range without end. today: nothing that is later ends it, because one report
 * dated in the future would hide every failure from then on.
 * Returns: the days; the range itself where nothing has a day, or where it
 * begins after today.
 */
static inline struct store_range insight_recent_days(struct store_range range,
                                                     int32_t last_day,
                                                     int32_t today)
{
    int32_t last = range.to != UTC_DAY_NONE ? range.to : last_day;
    int32_t first;

    if (last == UTC_DAY_NONE)
        return range;
    if (last > today)
        last = today;
    if (range.from != UTC_DAY_NONE && range.from > last)
        return range;
    first = last - (INSIGHT_RECENT_DAYS - 1);
    if (range.from != UTC_DAY_NONE && range.from > first)
        first = range.from;
    return (struct store_range){ first, last };
}
