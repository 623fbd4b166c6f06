/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Cursor: where a list of reports goes on.
 *
 * Behind a day and a report, both falling, so that a page far down costs what
 * the first one costs. As text "DAY.ID". For this room alone.
 */

#include <stdint.h>

#include "base/err.h"
#include "store/question.h"

struct cursor {
    int64_t day;
    int64_t id;
};

/* The one before every report of a range. */
struct cursor cursor_first(struct store_range range);

/*
 * Reads a cursor as it was given out; NULL and "" are the first one.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int cursor_parse(const char *text, struct store_range range,
                 struct cursor *out_cursor, struct err *err);

/* Writes the cursor behind a report. */
void cursor_format(int64_t day, int64_t id,
                   char out_text[static STORE_CURSOR_BYTES]);
