/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Page: a walk along the reports that a filter lets through.
 *
 * A list of reports is one statement of day, report and two counts, newest
 * first; whatever is listed, its pages are cut alike. For this room alone.
 */

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "base/err.h"
#include "store/question.h"

/* A row of such a statement. */
struct page_fact {
    int64_t day;
    int64_t id;    /* of the report */
    int64_t whole; /* sessions, or messages */
    int64_t part;  /* of them failures, or what passed */
};

/*
 * Reads the next fact.
 * Returns: 1 with it, 0 at the end, -1 with err.
 */
int page_next(struct store *store, sqlite3_stmt *facts,
              struct page_fact *out_fact, struct err *err);

/* Called for each fact of a page. Returns: 0 to go on, else page_each ends. */
typedef int page_function(void *context, const struct page_fact *fact,
                          struct err *err);

/* Reads the next fact from where they come from; as page_next. */
typedef int page_next_function(void *source, struct page_fact *out_fact,
                               struct err *err);

/*
 * Gives the first facts of a source, up to limit.
 * out_cursor: behind the last one given, "" where nothing follows it.
 * Returns: 0; what the function returned; -1 with err.
 */
int page_cut(page_next_function *next, void *source, size_t limit,
             char out_cursor[static STORE_CURSOR_BYTES],
             page_function *function, void *context, struct err *err);

/*
 * Gives the first facts of a statement, up to limit, and resets it; NULL is
 * handed on as the failure it stands for.
 * out_cursor: behind the last one given, "" where nothing follows it.
 * Returns: 0; what the function returned; -1 with err.
 */
int page_each(struct store *store, sqlite3_stmt *facts, size_t limit,
              char out_cursor[static STORE_CURSOR_BYTES],
              page_function *function, void *context, struct err *err);

/* Checks how many lines are asked for. Returns: 0, -1 with err (ERR_USAGE). */
int page_check_limit(size_t limit, struct err *err);
