/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Walk: along one list, newest line first.
 *
 * Lines are in their table, or yet in the tail (see tail.h); a walk goes along
 * both at one moment and gives them in one order. For this room alone.
 */

#include <stdbool.h>

#include <sqlite3.h>

#include "base/err.h"
#include "store/cursor.h"
#include "store/lines.h"
#include "store/question.h"

/* Which list, and what of it. */
struct walk_window {
    int64_t standing;
    int64_t domain_id;
    int64_t label_id;
    int64_t from_day;
    struct cursor before;    /* the first line is behind this place */
    int64_t organization_id; /* 0: of any */
    int64_t min_failures;
};

struct walk {
    struct store *store;
    sqlite3_stmt *table;
    struct lines tail; /* those of the window, in falling order */
    size_t next;       /* of the tail */
    struct line line;  /* of the table, */
    bool has_line;     /* not given yet */
    bool is_over;      /* the table's end was met */
    bool began;
};

/* The window of a list in a range of days, from its newest line on. */
struct walk_window walk_window_of(int64_t standing, int64_t domain_id,
                                  int64_t label_id, struct store_range range);

/*
 * Begins a walk; one at a time on a handle.
 * Owns: the caller ends it where it began.
 * Returns: 0, -1 with err.
 */
int walk_begin(struct store *store, const struct walk_window *window,
               struct walk *out_walk, struct err *err);

/* Gives the next line: no member but day, report, organisation and the two
 * counts is set. Returns: 1 with it, 0 at the end, -1 with err. */
int walk_next(struct walk *walk, struct line *out_line, struct err *err);

/* Ends it. */
void walk_end(struct walk *walk);

/* Called for each line. Returns: 0 to go on, else walk_each ends. */
typedef int walk_function(void *context, const struct line *line,
                          struct err *err);

/* Walks to the end. Returns: 0; what the function returned; -1 with err. */
int walk_each(struct store *store, const struct walk_window *window,
              walk_function *function, void *context, struct err *err);
