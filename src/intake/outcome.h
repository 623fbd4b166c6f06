/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Outcome: what became of one input; to be looked at after the commit.
 */

#include "store/put.h"

enum { INTAKE_OUTCOME_CODE_BYTES = 64, INTAKE_OUTCOME_TEXT_BYTES = 256 };

struct intake_outcome {
    unsigned n_reports[STORE_OUTCOME_COUNT];
    unsigned n_refused;                    /* kept unread, in quarantine */
    unsigned n_postponed;                  /* of them: read again soon */
    char code[INTAKE_OUTCOME_CODE_BYTES];  /* finding of the first one, or "" */
    char where[INTAKE_OUTCOME_TEXT_BYTES]; /* its place, or "" */
    char reason[INTAKE_OUTCOME_TEXT_BYTES];
};

/* Counts the reports that it held, new or not. */
unsigned intake_outcome_count(const struct intake_outcome *outcome);
