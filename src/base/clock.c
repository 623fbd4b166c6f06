/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/clock.h"

#include <time.h>

#ifdef TLSRPT_TEST_CLOCK
#include <stdio.h>
#include <stdlib.h>

/* Seconds that the clock is to be ahead, for tests of many days. The file is read
 * each time, so that it may change while the program runs. */
static utc_time offset_s(void)
{
    const char *path = getenv("TLSRPT_CLOCK_OFFSET");
    FILE *file = path ? fopen(path, "re") : NULL;
    char text[32] = "";
    utc_time s = 0;

    if (!file)
        return 0;
    if (fgets(text, sizeof(text), file))
        s = strtoll(text, NULL, 10);
    fclose(file);
    return s;
}
#else
static utc_time offset_s(void)
{
    return 0;
}
#endif

static utc_time system_now(const struct clock *clock)
{
    (void)clock;
    return (utc_time)time(NULL) + offset_s();
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
