/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Domain list: what a fetcher says first of a day, read.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"
#include "fetch/day.h"

struct domain_list {
    utc_time time;    /* of the clock there; UTC_NONE where it is unreadable */
    utc_day complete; /* the last day that is; UTC_DAY_NONE: none */
    const char **names; /* sound ones, each once, in the arena */
    size_t n_names;
};

/*
 * Reads a list. text: as it came. Lines that are no domain, and what stands there
 * twice, are noted in day and passed over.
 * Returns: 0; -1 with err (ERR_INPUT: another protocol, or a list that is cut
 * short; ERR_LIMIT; ERR_MEMORY).
 */
int domain_list_read(struct arena *arena, struct slice text, struct day *day,
                     struct domain_list *out_list, struct err *err);
