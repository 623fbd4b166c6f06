/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Lines: what lists are walks along.
 *
 * A report has a line in each list that it is in: of its domain and of all
 * domains, whole and with failures, under each result type, MX and policy type,
 * under its organisation among all domains, and under the text of each policy.
 * Table `line` has them in the order (standing, domain, label, day, report), so
 * a list is one walk along it. They follow from the report's facts, go into the
 * table many at a time (see tail.h) and are found in it again by those facts.
 * For this room alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/facts.h"

struct store;

/* Labels that are no name. Those below are policy texts. */
enum { LINES_WHOLE = 0, LINES_FAILED = -1 };

/* The label of a policy text. */
static inline int64_t lines_label_of_text(int64_t text_id)
{
    return LINES_FAILED - text_id;
}

/* The policy text of a label. */
static inline int64_t lines_text_of_label(int64_t label_id)
{
    return LINES_FAILED - label_id;
}

/* A row of table `line`; the first five are its key. */
struct line {
    int64_t standing;
    int64_t domain_id; /* DICTIONARY_ALL: all */
    int64_t label_id;
    int64_t day;
    int64_t report_id;
    int64_t organization_id;
    int64_t sessions; /* distinct; evaluations of a policy type or text */
    int64_t failures;
};

struct lines {
    struct line *items;
    size_t n;
    size_t capacity;
};

/* Frees them; all zero is an empty one. */
void lines_deinit(struct lines *lines);

/* Adds the lines of a report. Returns: 0, -1 when out of memory. */
int lines_add(struct lines *lines, const struct facts *facts, int64_t report_id,
              int64_t standing);

/* Adds those of another. Returns: 0, -1 when out of memory. */
int lines_join(struct lines *lines, const struct lines *other);

/* Sorts them as the table is sorted. */
void lines_sort(struct lines *lines);

/* Writes lines into the table, sorting them. Returns: 0, -1 with err. */
int lines_write(struct store *store, struct lines *lines, struct err *err);

/*
 * As lines_write, over lines of the same keys that should not be there.
 * out_n: how many there were.
 * Returns: 0, -1 with err.
 */
int lines_write_over(struct store *store, struct lines *lines, size_t *out_n,
                     struct err *err);

/* Takes lines out of the table, by their keys. Returns: 0, -1 with err. */
int lines_take(struct store *store, const struct lines *lines, struct err *err);

/* Tells whether a line is among them, with all that it says. */
bool lines_have(const struct lines *lines, const struct line *line);

/* Takes the lines of a report out of the table. Returns: 0, -1 with err. */
int lines_drop(struct store *store, const struct facts *facts,
               int64_t report_id, int64_t standing, struct err *err);
