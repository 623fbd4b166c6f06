/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Nights: which days are to be made into reports by now.
 *
 * A day is made once all collectors have closed it, or an hour after it has ended
 * where one of them is gone; days that were missed are made up. What is composed
 * stands in the outbox, so this is asked again and again.
 */

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "outgoing/settings.h"
#include "store/outbox.h"

enum {
    NIGHTS_NEAR_DAYS =
        31 /* beyond a closed day; farther off is a wrong clock */
};

enum nights_state {
    NIGHTS_WAITS,  /* it has not ended, or collectors are waited for */
    NIGHTS_DUE,    /* closed by all, or an hour past its end */
    NIGHTS_DOUBTED /* as NIGHTS_DUE, but nobody has a sum of it or of days near
                      it: it must not be closed in the outbox */
};

struct nights {
    const struct outgoing_settings *settings;
    struct outbox *outbox; /* for writing */
    const struct clock *clock;
    bool (*should_stop)(void *context); /* or NULL */
    void *context;
};

/* Looks how it stands about a day. */
enum nights_state nights_look(const struct nights *nights, utc_day day);

/*
 * Composes every day that is due, the earliest first. *n_reports grows by what was
 * made, and it is closed in their tallies first. A day with a tally that cannot be
 * read or closed an hour after its end is composed of the other identities, and
 * stays open.
 * Returns: 0; 1 where it was stopped; -1 with err.
 */
int nights_compose(const struct nights *nights, size_t *n_reports,
                   struct err *err);
