/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The handle behind tally.h, and its schema.
 *
 * For this room alone.
 */

#include "base/map.h"
#include "store/handle.h"
#include "store/tally.h"
#include "store/tally_tail.h"

/* "TLST": application_id of a tally. */
enum { TALLY_APPLICATION = 0x544c5354 };

/* store_kind.same_since of a tally: version 2 adds a table that no reader asks
 * for. */
enum { TALLY_SAME_SINCE = 1 };

struct tally {
    struct store *store;
    struct map texts;     /* text to id and the last day noted with it */
    struct map rows;      /* keys of rows that are there, of this era */
    uint64_t era;         /* in which numbers of texts stay what they are */
    int64_t max_day_rows; /* of all domains; 0: any number */
    int64_t n_day_rows;   /* of counted_day, as of counted_era */
    utc_day counted_day;
    uint64_t counted_era;
    struct tally_tail tail;
    utc_day closed_day; /* what the file said when the batch began */
};

/* The migrations of tally.db; *out_n gets their number. */
const char *const *tally_migrations(size_t *out_n);

/*
 * Finds the number of a text, giving it the next one where it is new, and notes
 * that it is used on a day (in a batch).
 * Returns: 0, -1 with err.
 */
int tally_text_id(struct tally *tally, struct slice text, utc_day day,
                  int64_t *out_id, struct err *err);

/* As tally_text_id, of a text that is there. Returns: 1, 0 where it is not, -1 with
 * err. */
int tally_text_find(struct tally *tally, struct slice text, int64_t *out_id,
                    struct err *err);

/* A sum to add, within what a sum may be. */
int64_t tally_within(int64_t n);

/*
 * Adds to the sum of a place, whose row is made where it is not there, in a batch.
 * Returns: 0, -1 with err.
 */
int tally_add_to_place(struct tally *tally, const struct tally_place *place,
                       int64_t sessions, int64_t failures, struct err *err);

/* Binds a text that may be of any length, borrowed until the statement has
 * run. */
void tally_bind(sqlite3_stmt *statement, int place, struct slice text);
