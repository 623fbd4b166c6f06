/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Arrivals as rows: sources numbered, what waits to be judged.
 *
 * For this room alone.
 */

#include "store/put.h"

/* pending.judge_at of what was given up: no time comes to it. */
#define ARRIVAL_NEVER "9223372036854775807"

/*
 * Finds the number of the source of an arrival, giving it the next one where it
 * is new (in a batch).
 * Returns: 0, -1 with err.
 */
int arrival_put_origin(struct store *store, const struct store_arrival *arrival,
                       int64_t *out_id, struct err *err);

/*
 * Keeps the arrival of a report that is to be judged again, and forgets the one
 * that has been judged. The raw is store->raw_id. outcome: of putting the report.
 * Returns: 0, -1 with err.
 */
int arrival_settle(struct store *store, const struct store_report *report,
                   int64_t report_id, enum store_outcome outcome,
                   struct err *err);

/*
 * Tells whether the arrival that is being judged is the one a stored report has
 * its raw and its source from.
 * Returns: 1 or 0, -1 with err.
 */
int arrival_is_own(struct store *store, int64_t pending_id, int64_t report_id,
                   struct err *err);
