/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Clock: the only place that asks what time it is.
 *
 * Rooms that need the time are handed a struct clock, so that tests own it.
 */

#include <stdint.h>

#include "base/utc.h"

struct clock {
    utc_time (*now)(const struct clock *clock);
    utc_time fixed; /* what a test clock answers */
};

/* The machine's clock, UTC. */
extern const struct clock clock_system;

/* Makes a clock that stands still at `now`. */
struct clock clock_fixed(utc_time now);

/* The time of a clock. */
static inline utc_time clock_now(const struct clock *clock)
{
    return clock->now(clock);
}

/* Milliseconds of a clock that never steps, for durations only. */
int64_t clock_monotonic_ms(void);

/* Likewise in microseconds, for the service manager. */
int64_t clock_monotonic_us(void);

/* Milliseconds of processor time that another process, by its id, has had; -1
 * where that cannot be told. */
int64_t clock_process_ms(int id);
