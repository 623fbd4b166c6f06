/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Verify: is what is kept whole and right?
 *
 * Four parts: the file as SQLite sees it, what rows refer to, every sum made
 * anew from the facts, every raw unpacked and hashed. Reads only, unless it is to
 * mend; in statements of a second or two at most over a million reports, so that
 * a writer goes on; each statement compares rows of one moment. Only the check of
 * the file is one long statement.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* Parts of the work, in their order. */
enum store_verify_part {
    STORE_VERIFY_FILE,
    STORE_VERIFY_ROWS,
    STORE_VERIFY_SUMS,
    STORE_VERIFY_RAWS,
    STORE_VERIFY_PARTS
};

/* Something that is not as it should be. Strings are valid during the call and
 * may hold text from outside. */
struct store_fault {
    const char *code;    /* "file-damaged", "raw-damaged", "sum-differs", ... */
    const char *where;   /* "report 17", "example.com 2026-10-01", ... */
    const char *message; /* a sentence without stop */
};

struct store_verify_options {
    /* Called for each fault. */
    void (*fault)(void *context, const struct store_fault *fault);

    /* Called now and then; done and total of a part count whatever it walks
     * (0 of 0: unknown). Returns: false to stop. */
    bool (*step)(void *context, enum store_verify_part part, int64_t done,
                 int64_t total);

    void *context; /* of both */

    /* Makes lines of lists and sums that differ anew; the store is open for writing then. */
    bool mends;
};

/* What was looked at. */
struct store_verified {
    int64_t reports;
    int64_t sums;
    int64_t raws;
    int64_t raw_bytes; /* unpacked */
    int64_t raws_gone; /* dropped by age, which is no fault */
    int64_t faults;
    int64_t mended; /* of the faults: lists and sums that were made anew */
    bool is_stopped;
};

/*
 * Verifies a store opened for reading. A fault ends nothing.
 * Returns: 0 with what was looked at, -1 with err: it could not be found out.
 */
int store_verify(struct store *store,
                 const struct store_verify_options *options,
                 struct store_verified *out_verified, struct err *err);

/*
 * Verifies lists and sums alone, of a store opened for writing, and makes those
 * that differ anew, whatever options->mends says.
 * Returns: 0 with what was looked at, -1 with err.
 */
int store_mend(struct store *store, const struct store_verify_options *options,
               struct store_verified *out_verified, struct err *err);

/*
 * Counts the commits of which nobody can read any more what they added to the
 * sums, since these were last made anew.
 * Returns: 0, -1 with err.
 */
int store_count_lost(struct store *store, int64_t *out_n, struct err *err);
