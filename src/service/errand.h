/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Errand: one try of one delivery, from the outbox and back to it.
 *
 * The mail is written and kept before anything is sent, the start of the try is
 * committed before, its end after. So a crash repeats at most what fell between the
 * answer and its commit, and then with the same octets, report-id and Message-ID.
 */

#include "base/clock.h"
#include "base/err.h"
#include "outgoing/attempt.h"
#include "service/consent.h"
#include "service/courier.h"
#include "service/letters.h"
#include "store/outbox.h"

/* What errands are run with; of several threads at once but for the outbox. */
struct errand_kit {
    struct courier courier;
    const struct letters *letters;
    struct consent *consent; /* NULL: the record is not asked for again */
    const struct clock *clock;
};

/*
 * Runs a try of a delivery. One that does not wait any more, or is not due, is
 * left alone.
 * *out_fate gets what it led to; ATTEMPT_FATE_COUNT where there was nothing to do.
 * Returns: 0; -1 with err, also where it was sent and that could not be noted.
 * Errors: as the outbox; ERR_MEMORY.
 */
int errand_run(const struct errand_kit *kit, struct outbox *outbox,
               int64_t delivery, enum attempt_fate *out_fate, struct err *err);
