/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Fold: details that are the same are one, and more than a report can hold
 * become one for each result type. R-REP-40.
 */

#include "base/arena.h"
#include "base/err.h"
#include "report/report.h"

/* Adds up details that differ in nothing but their count, keeping the order of
 * the first. Returns: how many are left. */
size_t outgoing_fold_same(struct report_failure *failures, size_t n);

/*
 * Keeps the max details of the most sessions, and folds the rest into one for
 * each result type with the reason code "aggregated", those into it that have been
 * folded so before. The order of what is kept stays.
 * failures: has room for *n. *n_folded grows by the details that were folded.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int outgoing_fold_rest(struct arena *arena, struct report_failure *failures,
                       size_t *n, size_t max, int64_t *n_folded,
                       struct err *err);
