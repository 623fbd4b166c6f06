/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Scribe: the thread that keeps the ledger up to date, while somebody looks.
 *
 * It reads once at the start and then when it is asked, at most every
 * WEB_LEDGER_REST_MS and for a fifth of the time: a dashboard that nobody looks at
 * costs nothing, and one that several do no more than one. Whoever asks waits for
 * it a moment, then takes what there is.
 */

#include "insight/ledger.h"

struct scribe; /* opaque */

/*
 * Starts it. urls, clock: of the tallies, must outlive it.
 * Returns: 0, -1 with err.
 */
int scribe_start(const char *const *urls, size_t n, const struct clock *clock,
                 struct scribe **out_scribe, struct err *err);

/* Ends it. NULL is allowed. */
void scribe_stop(struct scribe *scribe);

/*
 * Gives the ledger, after a look at the tallies unless the last one was just now
 * or takes longer than WEB_LEDGER_WAIT_MS.
 * Owns: the scribe keeps it.
 */
struct insight_ledger *scribe_ledger(struct scribe *scribe);
