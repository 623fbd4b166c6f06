/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/schedule.h"

#include <stdlib.h>

enum { MINUTE_S = 60 };

void outgoing_schedule_init(struct outgoing_schedule *schedule, utc_day day,
                            utc_time now, int64_t spread_s,
                            int64_t max_a_minute, uint64_t seed)
{
    const utc_time midnight = ((utc_time)day + 1) * UTC_DAY_SECONDS;

    *schedule = (struct outgoing_schedule){
        .begin = now > midnight ? now : midnight + 1,
        .spread_s = spread_s > 0 ? spread_s : 1,
        .max_a_minute = max_a_minute,
        .random = seed,
    };
    map_init(&schedule->hosts);
}

void outgoing_schedule_deinit(struct outgoing_schedule *schedule)
{
    map_deinit(&schedule->hosts);
    free(schedule->lanes);
}

/* splitmix64: any seed will do, and what it is for needs no secrecy. */
static uint64_t draw(struct outgoing_schedule *schedule)
{
    uint64_t z = schedule->random += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static int64_t draw_below(struct outgoing_schedule *schedule, int64_t n)
{
    return (int64_t)(draw(schedule) % (uint64_t)n);
}

/* Returns: the lane of a host, NULL when out of memory. */
static struct schedule_lane *find_lane(struct outgoing_schedule *schedule,
                                       struct slice host)
{
    struct schedule_lane *lanes = schedule->lanes;
    size_t number;
    int status = map_number(&schedule->hosts, host, &number);

    if (status < 0)
        return NULL;
    if (status == 0)
        return &lanes[number];
    if (number >= schedule->capacity) {
        const size_t capacity = number ? number * 2 : 64;

        lanes = reallocarray(lanes, capacity, sizeof(*lanes));
        if (!lanes)
            return NULL;
        schedule->lanes = lanes;
        schedule->capacity = capacity;
    }
    lanes[number] = (struct schedule_lane){ .n = 0 };
    return &lanes[number];
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        const int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Steps through the minutes of the spread so that each is met once a round and
 * any few in a row lie far apart: by the golden section of it. */
static int64_t stride_of(int64_t minutes)
{
    int64_t stride = minutes * 618 / 1000;

    if (stride < 1)
        return 1;
    while (common_divisor(stride, minutes) != 1)
        stride++;
    return stride;
}

/* The minute of the next delivery of a lane. */
static int64_t next_minute(struct outgoing_schedule *schedule,
                           struct schedule_lane *lane, int64_t minutes)
{
    const int64_t within = minutes * schedule->max_a_minute;
    const int64_t n = lane->n++;

    if (n == 0)
        lane->first = draw_below(schedule, minutes);
    if (n >= within)
        return minutes + (n - within) / schedule->max_a_minute;
    return (lane->first + n % minutes * stride_of(minutes)) % minutes;
}

int outgoing_schedule_draw(struct outgoing_schedule *schedule,
                           struct slice host, utc_time *out_at, struct err *err)
{
    const int64_t minutes = (schedule->spread_s + MINUTE_S - 1) / MINUTE_S;
    struct schedule_lane *lane;

    if (schedule->max_a_minute <= 0 || host.len == 0 ||
        schedule->spread_s < MINUTE_S) {
        *out_at = schedule->begin + draw_below(schedule, schedule->spread_s);
        return 0;
    }
    lane = find_lane(schedule, host);
    if (!lane)
        return err_memory(err);
    *out_at = schedule->begin +
              next_minute(schedule, lane, minutes) * MINUTE_S +
              draw_below(schedule, MINUTE_S);
    return 0;
}
