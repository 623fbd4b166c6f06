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

    *watch = (struct day_watch){
        .believed_s = now - steady_s,
        .seen_s = now - steady_s,
        .doubt_until_s = was_long_away ? steady_s + COLLECT_DOUBT_S : INT64_MIN,
        .is_away = was_long_away,
    };
}

static void believe(struct day_watch *watch, int64_t offset_s)
{
    watch->believed_s = offset_s;
    watch->doubt_until_s = INT64_MIN;
    watch->is_away = false;
}

/* Near what was believed, or back from where it was: nothing to doubt. */
static bool is_usual(const struct day_watch *watch, int64_t offset_s,
                     int64_t leap_s)
{
    return watch->is_away ? leap_s < -COLLECT_LEAP_S
                          : offset_s - watch->believed_s <= COLLECT_LEAP_S;
}

bool day_watch_trusts(struct day_watch *watch, utc_time now, int64_t steady_s)
{
    int64_t offset_s = now - steady_s;
    int64_t leap_s = offset_s - watch->seen_s;
    bool has_leapt = leap_s > COLLECT_LEAP_S || leap_s < -COLLECT_LEAP_S;
    bool was_doubted = watch->doubt_until_s != INT64_MIN;

    watch->seen_s = offset_s;
    if (is_usual(watch, offset_s, leap_s) ||
        (was_doubted && !has_leapt && steady_s >= watch->doubt_until_s))
        believe(watch, offset_s);
    else if (!was_doubted || has_leapt)
        watch->doubt_until_s = steady_s + COLLECT_DOUBT_S;
    return watch->doubt_until_s == INT64_MIN;
}

utc_time day_watch_time(struct day_watch *watch, utc_time now, int64_t steady_s)
{
    if (day_watch_trusts(watch, now, steady_s) || watch->is_away)
        return now;
    return steady_s + watch->believed_s;
}
