/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mend lines: those of lists, made anew from the facts of reports.
 *
 * A look at a store notes reports whose lines are not what their facts say, and
 * lines that are of no report's facts. They are written some milliseconds at a
 * time, each judged once more in the transaction that writes it, because others
 * go on between look and mending. Lines of a report whose facts are damaged stay:
 * they are all that is left of it until its raw is read again. For this room alone.
 */

#include <stdbool.h>

#include "store/lines.h"

/* Lines to go that one look notes: 64 MB; another look notes the next. */
enum { MEND_STRAYS_MAX = 1 << 20 };

struct mend_lines {
    int64_t *reports;
    size_t n_reports;
    size_t capacity;
    struct lines strays;
    bool is_full; /* there may be more lines to go */
};

/* Frees them; all zero is an empty one. */
void mend_lines_deinit(struct mend_lines *mending);

/* Forgets what was noted. */
void mend_lines_clear(struct mend_lines *mending);

/* Notes a report whose lines are to be made anew. Returns: 0, -1 when out of
 * memory. */
int mend_lines_note(struct mend_lines *mending, int64_t report_id);

/* Notes a line that is to go. Returns: 0, -1 when out of memory. */
int mend_lines_note_stray(struct mend_lines *mending, const struct line *line);

/* Writes all that was noted, in batches of its own. Returns: 0, -1 with err. */
int mend_lines_write(struct store *store, const struct mend_lines *mending,
                     struct err *err);
