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

/* The key of an organisation whose report a domain signed, by the key of its name:
 * that, or text in arena or static; NULL when out of memory. */
typedef const char *intake_signed_key_function(struct arena *arena,
                                               const char *key,
                                               const char *signer);

/*
 * Groups a report by who signed it.
 * signed_key: NULL, none is. signer: whose signature passed, "" none did.
 * Owns: what it sets lives in arena.
 * Returns: 0, -1 when out of memory.
 */
int intake_rows_sign(struct store_report *rows, struct arena *arena,
                     intake_signed_key_function *signed_key,
                     const char *signer);

/*
 * Makes the rows of findings.
 * Returns: the rows in arena, NULL when out of memory or where there is none.
 */
struct store_finding *intake_rows_findings(const struct finding_list *findings,
                                           struct arena *arena);
