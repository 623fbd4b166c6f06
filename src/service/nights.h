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

enum { NIGHTS_PATIENCE_S = 3600 };

struct nights {
    const struct outgoing_settings *settings;
    struct outbox *outbox; /* for writing */
    const struct clock *clock;
    bool (*should_stop)(void *context); /* or NULL */
    void *context;
};

/*
 * Composes every day that is due, the earliest first. *n_reports grows by what was
 * made.
 * Returns: 0; 1 where it was stopped; -1 with err.
 */
int nights_compose(const struct nights *nights, size_t *n_reports,
                   struct err *err);
