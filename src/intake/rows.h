/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Rows: a report that was read, as the store wants it.
 */

#include "base/arena.h"
#include "base/err.h"
#include "report/report.h"
#include "store/store.h"

/*
 * Makes the rows of a report: policies, distinct sums by subject domain, result
 * type and MX, findings, organisation, day, plain sums over plausible policies.
 * Hashes, origin, proof and organization_key are left to the caller.
 * Owns: everything lives in arena; the report may go.
 * Returns: 0, -1 with err (ERR_LIMIT: too much for the arena; ERR_MEMORY).
 */
int intake_rows_make(const struct report *report, struct arena *arena,
                     struct store_report *out_rows, struct err *err);

/*
 * Makes the rows of findings.
 * Returns: the rows in arena, NULL when out of memory or where there is none.
 */
struct store_finding *intake_rows_findings(const struct finding_list *findings,
                                           struct arena *arena);
