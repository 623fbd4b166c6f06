/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Gather: sums by number, and their order.
 *
 * A breakdown reads some ten thousand roll-up rows and adds them up here, a
 * few nanoseconds each, instead of in a sorter of the database.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/rollup.h"

struct gather {
    struct rollup_row *rows; /* one a label, in order of appearance */
    size_t n_rows;
    size_t row_capacity;
    uint32_t *places; /* hashed by label: place in rows + 1, 0 free */
    size_t n_places;  /* power of two, or 0 */
};

/* Readies an empty one. Allocates nothing. */
void gather_init(struct gather *gather);

/* Frees it. NULL is allowed. */
void gather_deinit(struct gather *gather);

/*
 * Adds a row to the sums of its label; sums stop at STORE_SUM_MAX.
 * Returns: 0, -1 with err.
 */
int gather_add(struct gather *gather, const struct rollup_row *row,
               struct err *err);
