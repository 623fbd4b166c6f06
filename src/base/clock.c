/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/clock.h"

#include <time.h>

static utc_time system_now(const struct clock *clock)
{
    (void)clock;
    return (utc_time)time(NULL);
}

static utc_time fixed_now(const struct clock *clock)
{
    return clock->fixed;
}

const struct clock clock_system = { .now = system_now };

struct clock clock_fixed(utc_time now)
{
    return (struct clock){ .now = fixed_now, .fixed = now };
}

int64_t clock_monotonic_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

int64_t clock_process_ms(int id)
{
    struct timespec ts;
    clockid_t its;

    /* The number of a clock is made of it without a look. */
    if (id <= 0 || clock_getcpuclockid(id, &its) || clock_gettime(its, &ts))
        return -1;
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
