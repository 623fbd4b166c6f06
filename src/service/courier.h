/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Courier: brings one report to one place, once, and says how that ended.
 *
 * A mail goes to the relay by SMTP or to a sendmail command, a POST to its
 * endpoint, a copy into a folder. Nothing is noted here and nothing decided: that
 * is the reporter's and outgoing/attempt.h's. Blocking; one courier serves any
 * number of threads.
 */

#include <stdbool.h>

#include "base/err.h"
#include "outgoing/attempt.h"
#include "outgoing/settings.h"
#include "outgoing/target.h"
#include "store/outbox.h"

enum { COURIER_ANSWER_BYTES = 400 };

struct courier {
    const struct outgoing_settings *settings;
    int stop_fd; /* when this becomes readable nobody waits any more */
};

/* How it ended. */
struct courier_end {
    struct attempt_outcome outcome;
    bool is_mail;                      /* a mail may have left us */
    char answer[COURIER_ANSWER_BYTES]; /* one line for people */
};

/*
 * Brings a delivery to its target; of a mail the octets that were kept.
 * Returns: 0 with *out_end, -1 with err (ERR_MEMORY).
 */
int courier_bring(const struct courier *courier, const struct outbox_load *load,
                  const struct outgoing_target *target,
                  struct courier_end *out_end, struct err *err);
