/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Distinct sessions: a session reported twice counts once.
 *
 * Some senders report one session under tlsa and under sts. All that people see
 * (but tables by policy type) therefore counts, per policy-domain of a report,
 * max(sum under sts, sum under tlsa) + the sum under everything else; for the
 * whole, for each result type and for each MX alike. This yields rows ready for
 * storing: the sums of the rows of a subject domain are what every page shows.
 */

#include "report/report.h"

/* Whole sums of one policy-domain of a report. */
struct distinct_subject {
    const char
        *subject_domain; /* "" where unknown; several rows may share it */
    int64_t sessions;
    int64_t failures;
};

/* Failed sessions of one policy-domain under one result type or MX. */
struct distinct_share {
    size_t subject;  /* number of the row in subjects */
    const char *key; /* result type key, or MX host name ("" unknown) */
    int64_t failures;
};

struct distinct_rows {
    struct distinct_subject *subjects;
    size_t n_subjects;
    struct distinct_share *results; /* by result type key */
    size_t n_results;
    struct distinct_share *mxs; /* by receiving MX */
    size_t n_mxs;
};

/*
 * Computes the rows of a report. Policies with an implausible count are left
 * out of all of them (subjects they alone name get a row of zeros). Details with
 * an implausible count are left out of results and mxs. Rows are in order of
 * appearance.
 * Owns: rows live in arena.
 * Returns: 0, -1 when out of memory.
 */
int distinct_compute(const struct report *report, struct arena *arena,
                     struct distinct_rows *out_rows);
