/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Rows: a DMARC report that was read, as the store wants it.
 */

#include "base/arena.h"
#include "base/err.h"
#include "dmarc/dmarc.h"
#include "store/store.h"

/*
 * Makes the rows of a report: a row for each record, with the case that it is
 * and the organisational domain of who sent it; findings, day, plain sums over
 * plausible records. Hashes, origin, proof and organization_key are left to the
 * caller.
 * Owns: everything lives in arena; the report may go.
 * Returns: 0, -1 with err (ERR_LIMIT: too much for the arena; ERR_MEMORY).
 */
int intake_dmarc_rows_make(const struct dmarc_report *report,
                           struct arena *arena, struct store_report *out_rows,
                           struct err *err);

/* The domain of the reporter's address, "" where it has none; borrowed. */
struct slice intake_dmarc_contact_domain(const struct dmarc_report *report);
