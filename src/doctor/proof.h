/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Proof: whether a self-test mail that came back was signed by the relay.
 *
 * Verified as reports are that come to us, with keys from DNS. What shows that the
 * relay signs is written into the outbox; this is all that the doctor ever writes.
 */

#include "base/slice.h"
#include "doctor/doctor.h"

/*
 * Reads a mail, as it came back, and writes onto the chart what it shows.
 * Returns: 0; 1 where it is no self-test, or not the one that was sent last; -1
 * with err.
 * Errors: ERR_STORE, ERR_SYSTEM (the outbox), ERR_USAGE (the section resolver),
 * ERR_LIMIT (a mail that is too large), ERR_MEMORY.
 */
int proof_take(const struct doctor_options *options, struct slice message,
               struct chart *chart, struct err *err);

/* Writes onto the chart that no self-test was found. */
void proof_miss(struct chart *chart);
