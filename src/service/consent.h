/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Consent: whether a domain still asks for reports at a destination.
 *
 * Hours lie between the session whose record named it and the delivery. DNS is
 * asked again, in a thread of its own; what it said is kept for its time to live.
 * RFC: 8460 section 3.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/resolver.h"

struct consent;

enum consent_answer {
    CONSENT_GIVEN,
    CONSENT_WITHDRAWN, /* no record, or one that does not name it */
    CONSENT_UNKNOWN    /* DNS did not say */
};

/*
 * Starts.
 * Returns: 0, -1 with err, as resolver_open.
 */
int consent_start(const struct resolver_options *options,
                  struct consent **out_consent, struct err *err);

/* Stops, when nobody asks any more. NULL is allowed. */
void consent_stop(struct consent *consent);

/*
 * Asks, and waits for the answer some seconds at most. Of any thread.
 * domain: A-labels. uri: as the record wrote it. arena: for scratch.
 */
enum consent_answer consent_ask(struct consent *consent, struct arena *arena,
                                struct slice domain, struct slice uri);
