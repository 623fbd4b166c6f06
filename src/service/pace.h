/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Pace: how many deliveries may begin at one host in a minute.
 *
 * Anybody may name a stranger's host in a record, and thousands may name the same;
 * there is no consent to ask for, so there is a cap. RFC: 8460 section 7.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/slice.h"
#include "base/utc.h"

struct pace {
    int64_t max_a_minute; /* 0: any */
    int64_t minute;       /* that is counted */
    struct map counts;    /* host to how many */
    struct arena names;
};

/* Readies a pace. Allocates nothing. */
void pace_init(struct pace *pace, int64_t max_a_minute);

/* Frees it. */
void pace_deinit(struct pace *pace);

/*
 * Asks for one more delivery at a host, which is counted where it is granted. A
 * host of no name (a folder) is not counted.
 * Returns: whether it may begin now.
 */
bool pace_take(struct pace *pace, struct slice host, utc_time now);
