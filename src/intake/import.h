/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Import: inputs into the store, in batches.
 *
 * Each input becomes rows, or stands in quarantine with the reason why it could
 * not be read; one bad input stops nothing. Some hundred inputs share a commit,
 * so that the disk is waited for twenty times a second and not two thousand
 * times, and other writers get their turn. What was put and not yet committed
 * is gone when the program dies; importing again puts it and nothing twice.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "intake/source.h"
#include "store/store.h"

struct intake_import;

struct intake_import_options {
    /* The key that spellings of one organisation share; text in arena or
       static, NULL when out of memory. */
    const char *(*organization_key)(struct arena *arena, const char *name);

    /* Called for each refusal, text from outside; may be NULL. */
    void (*refused)(void *context, const char *label, const char *reason);

    void *context; /* of refused */
    enum store_proof proof;
};

/* What became of the inputs so far. */
struct intake_import_counts {
    int64_t inputs;
    int64_t reports; /* read; the sum of the outcomes */
    int64_t outcomes[STORE_OUTCOME_COUNT];
    int64_t refused;
    int64_t sessions; /* distinct, of the reports that are new in the sums */
    int64_t failures;
};

/*
 * Readies an import into a store opened for writing, which must outlive it.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int intake_import_new(struct store *store,
                      const struct intake_import_options *options,
                      struct intake_import **out_import, struct err *err);

/*
 * Frees an import; a batch left open is given up. NULL is allowed.
 */
void intake_import_free(struct intake_import *import);

/*
 * Reads one input and puts what it holds; commits when the batch is full.
 * Returns: 0, -1 with err (ERR_STORE, ERR_MEMORY): nothing more can be put.
 */
int intake_import_add(struct intake_import *import,
                      const struct intake_source_input *input, struct err *err);

/* Commits what was put since the last commit. Returns: 0, -1 with err. */
int intake_import_commit(struct intake_import *import, struct err *err);

/* The counts; they hold what is committed after intake_import_commit. */
const struct intake_import_counts *intake_import_counts(
    const struct intake_import *import);
