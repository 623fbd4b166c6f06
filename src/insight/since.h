/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Since: how long a fault has been seen, and whether it still is.
 *
 * Reports come once a day, late, and small reporters skip days. A fault is
 * called open while one of the last two days with any report of the domain
 * still shows it; one day more would call it open that long after the cure.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/* The last two days with a report of a domain, UTC_DAY_NONE where none. */
struct insight_since_days {
    int32_t last;
    int32_t before;
};

/*
 * Finds the last two days with a report up to today, whatever range is looked
 * at; domain NULL: over all. What a report says of the future is no cure.
 * Returns: 0, -1 with err.
 */
int insight_since_find_days(struct store *store, const char *domain,
                            struct insight_since_days *out_days,
                            struct err *err);

/* Tells whether what was last seen on a day is still open. */
bool insight_since_is_open(const struct insight_since_days *days,
                           int32_t last_seen);

/*
 * Says since when: "Since 2026-11-02, still open", "From 2026-11-02 to
 * 2026-11-05, not seen since", "On 2026-11-02 only", for a fault first and last
 * seen on those days.
 * Returns: text in the arena; NULL when out of memory. "" without days.
 */
const char *insight_since_format(const struct insight_since_days *days,
                                 int32_t first_seen, int32_t last_seen,
                                 struct arena *arena);
