/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/pace.h"

enum { MAX_BYTES = 16 * 1024 * 1024 /* names of a minute */ };

void pace_init(struct pace *pace, int64_t max_a_minute)
{
    pace->max_a_minute = max_a_minute;
    pace->minute = INT64_MIN;
    map_init(&pace->counts);
    arena_init(&pace->names, MAX_BYTES);
}

void pace_deinit(struct pace *pace)
{
    map_deinit(&pace->counts);
    arena_deinit(&pace->names);
}

/* A clock that is set back begins another minute, too. */
static void turn(struct pace *pace, int64_t minute)
{
    if (pace->minute == minute)
        return;
    map_clear(&pace->counts);
    arena_reset(&pace->names);
    pace->minute = minute;
}

bool pace_take(struct pace *pace, struct slice host, utc_time now)
{
    int64_t *count;

    if (pace->max_a_minute <= 0 || host.len == 0)
        return true;
    turn(pace, now / 60);
    count = map_find(&pace->counts, host);
    if (!count) {
        const char *name = arena_copy(&pace->names, host);

        /* Without memory to count in nothing more begins in this minute. */
        count =
            name ? map_put(&pace->counts, slice_make(name, host.len)) : NULL;
        if (!count)
            return false;
        *count = 0;
    }
    if (*count >= pace->max_a_minute)
        return false;
    ++*count;
    return true;
}
