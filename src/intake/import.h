/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Import: inputs into the store, in batches.
 *
 * Each input becomes rows, or stands in quarantine with the reason why it could
 * not be read; one bad input stops nothing. Some hundred reports are read before
 * the store is touched and then put in one transaction, so that the disk is
 * waited for some times a second and not some thousand times, and others that
 * write wait 50 ms at most. The raw octets of an input of 1 MiB and more are put
 * before it is read, in a transaction of their own; an input of more reports
 * than fill a batch takes several. What was added and not yet committed is gone
 * when the program dies; importing again puts it, and nothing twice.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "intake/judge.h"
#include "intake/rows.h"
#include "intake/source.h"
#include "store/store.h"

struct intake_import;

struct intake_import_options {
    /* The key that spellings of one organisation share; text in arena or
       static, NULL when out of memory. Not used where `read` is set. */
    const char *(*organization_key)(struct arena *arena, const char *name);

    /* The same by who signed it; NULL: by its name alone. */
    intake_signed_key_function *signed_key;

    /* Reads inputs elsewhere; NULL: in this process. */
    intake_reading_function *read;
    void *read_context;

    /* What is known of keys and domains; all zero: nothing is asked. */
    struct intake_judges judges;

    /* Called for each refusal, text from outside; may be NULL. */
    void (*refused)(void *context, const char *label, const char *reason);

    /* Tells whether a report is put at all; NULL: each is. */
    bool (*wants)(void *context, const struct store_report *rows);

    void *context; /* of both */
};

/* What became of the inputs: of those added, and of those committed. */
struct intake_import_counts {
    int64_t inputs;  /* added */
    int64_t refused; /* added */
    int64_t reports; /* committed; the sum of the outcomes */
    int64_t outcomes[STORE_OUTCOME_COUNT];
    int64_t sessions; /* distinct, of the reports that are new in the sums */
    int64_t failures;
    int64_t dmarc_reports;   /* of the reports */
    int64_t dmarc_new;       /* of the new ones */
    int64_t messages;        /* of DMARC reports that are new in the sums */
    int64_t failed_messages; /* that did not pass DMARC */
    int64_t postponed;       /* of the refused: to be read again aside */
    int64_t unproven;        /* of the reports: beside the sums */
    int64_t waiting;         /* of the reports: to be judged again */
    int64_t verdicts[DKIM_VERDICT_COUNT]; /* of the reports that were judged */
};

/*
 * Readies an import into a store opened for writing, which must outlive it.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int intake_import_new(struct store *store,
                      const struct intake_import_options *options,
                      struct intake_import **out_import, struct err *err);

/* Frees an import; what is not committed is given up. NULL is allowed. */
void intake_import_free(struct intake_import *import);

/*
 * Reads one input; puts and commits what was read when the batch is full.
 * Returns: 0, -1 with err (ERR_STORE, ERR_MEMORY): nothing more can be put.
 */
int intake_import_add(struct intake_import *import,
                      const struct intake_source_input *input, struct err *err);

/* Puts and commits what was added since the last commit. Returns: 0, -1 with err. */
int intake_import_commit(struct intake_import *import, struct err *err);

/*
 * Judges again some of what is due, within INTAKE_JUDGE_MS, and commits.
 * now: utc_time. out_n: how many were judged. out_has_more: more may be due.
 * Returns: 0, -1 with err (ERR_STORE, ERR_MEMORY).
 */
int intake_import_judge(struct intake_import *import, int64_t now,
                        size_t *out_n, bool *out_has_more, struct err *err);

/* The store it puts into. */
struct store *intake_import_store(const struct intake_import *import);

/* The counts; after intake_import_commit all of them are of what is stored. */
const struct intake_import_counts *intake_import_counts(
    const struct intake_import *import);
