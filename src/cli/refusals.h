/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Refusals of an import, grouped by their reason.
 *
 * A mailbox holds a thousand newsletters beside ten reports; their reasons
 * differ by a number at most. Reasons are the same when they differ in digits
 * only.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"

struct refusals_group {
    const char *reason;  /* the first one met */
    const char *example; /* the input of it */
    int64_t n_inputs;
};

struct refusals {
    struct map map; /* reason without digits to number of the group, from 1 */
    struct arena arena;
    struct refusals_group *groups;
    size_t n_groups;
    size_t capacity;
};

/* Readies an empty list. */
void refusals_init(struct refusals *refusals);

/* Frees it. */
void refusals_deinit(struct refusals *refusals);

/* Notes one; out of memory it is left out. */
void refusals_add(struct refusals *refusals, const char *label,
                  const char *reason);

/* Puts the groups in order: most inputs first. */
void refusals_sort(struct refusals *refusals);
