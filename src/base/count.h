/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Session counts: 64 bits that saturate.
 *
 * Reports come from strangers and may say 2^63-1. Adding counts never wraps:
 * it stops at COUNT_MAX. A single count above COUNT_PLAUSIBLE_MAX is shown as
 * reported but enters no stored sum, so that no addition in SQL can overflow and
 * sums in the API stay below 2^53.
 */

#include <stdbool.h>
#include <stdint.h>

#define COUNT_MAX INT64_MAX

/* No sender has a trillion sessions a day with one domain. */
#define COUNT_PLAUSIBLE_MAX INT64_C(1000000000000)

/* Adds two non-negative counts, at most COUNT_MAX. */
static inline int64_t count_add(int64_t a, int64_t b)
{
    return a > COUNT_MAX - b ? COUNT_MAX : a + b;
}

/* Tells whether a count may enter stored sums. */
static inline bool count_is_plausible(int64_t count)
{
    return count <= COUNT_PLAUSIBLE_MAX;
}

/* The larger of two counts. */
static inline int64_t count_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}
