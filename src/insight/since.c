/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/since.h"

#include "base/utc.h"

/* The last day with a report up to `to`. */
static int find_last(struct store *store, const char *domain, int32_t to,
                     int32_t *out_day, struct err *err)
{
    const struct store_range range = { UTC_DAY_NONE, to };
    struct store_totals totals;

    if (store_totals(store, domain, range, &totals, err))
        return -1;
    *out_day = totals.last_day;
    return 0;
}

int insight_since_find_days(struct store *store, const char *domain,
                            struct insight_since_days *out_days,
                            struct err *err)
{
    struct insight_since_days days = { UTC_DAY_NONE, UTC_DAY_NONE };

    if (find_last(store, domain, store_today(store), &days.last, err) ||
        (days.last != UTC_DAY_NONE &&
         find_last(store, domain, days.last - 1, &days.before, err)))
        return -1;
    *out_days = days;
    return 0;
}

bool insight_since_is_open(const struct insight_since_days *days,
                           int32_t last_seen)
{
    if (last_seen == UTC_DAY_NONE || days->last == UTC_DAY_NONE)
        return false;
    return last_seen >=
           (days->before == UTC_DAY_NONE ? days->last : days->before);
}

const char *insight_since_format(const struct insight_since_days *days,
                                 int32_t first_seen, int32_t last_seen,
                                 struct arena *arena)
{
    char first[UTC_DAY_BYTES];
    char last[UTC_DAY_BYTES];

    if (first_seen == UTC_DAY_NONE || last_seen == UTC_DAY_NONE)
        return "";
    utc_day_format(first_seen, first);
    utc_day_format(last_seen, last);
    if (insight_since_is_open(days, last_seen))
        return arena_printf(arena, "Since %s, still open", first);
    if (first_seen == last_seen)
        return arena_printf(arena, "On %s only", first);
    return arena_printf(arena, "From %s to %s, not seen since", first, last);
}
