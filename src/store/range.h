/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Range: the days a question is about, as bounds for a statement.
 *
 * UTC_DAY_NONE is the smallest day there is and stands for reports without one:
 * the range of everything begins at it, every other range behind it.
 */

#include <stdint.h>

#include "base/utc.h"
#include "store/store.h"

struct range {
    int64_t from;
    int64_t to;
};

/* The bounds of a range, both included; an open end reaches all dated days. */
static inline struct range range_of(struct store_range asked)
{
    struct range range = { asked.from, asked.to };

    if (asked.to == UTC_DAY_NONE)
        range.to = INT32_MAX;
    else if (asked.from == UTC_DAY_NONE)
        range.from = (int64_t)UTC_DAY_NONE + 1;
    return range;
}

/* A day as kept in roll-ups, whose ends are out of every calendar where there
 * are only undated reports. */
static inline int32_t range_day(int64_t day)
{
    if (day >= INT32_MAX || day <= UTC_DAY_NONE)
        return UTC_DAY_NONE;
    return (int32_t)day;
}
