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

#include <sqlite3.h>

#include "base/err.h"
#include "store/lines.h"
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

/* Makes a row of a statement's current one. */
typedef struct rollup_row gather_row_function(sqlite3_stmt *rows);

/*
 * Adds all rows of facts of one domain in a range, by a statement whose
 * parameters are domain, first and last day.
 * Returns: 0, -1 with err.
 */
int gather_facts(struct gather *gather, struct store *store,
                 sqlite3_stmt *facts, int64_t domain_id,
                 struct store_range range, gather_row_function *row_of,
                 struct err *err);

/* Adds a line to the sums of a label. Returns: 0, -1 with err. */
int gather_add_line(struct gather *gather, const struct line *line,
                    int64_t label_id, struct err *err);

/*
 * Adds a row to the sums of its label; sums stop at STORE_SUM_MAX.
 * Returns: 0, -1 with err.
 */
int gather_add(struct gather *gather, const struct rollup_row *row,
               struct err *err);
