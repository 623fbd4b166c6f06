/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Rounds: what the reporter does by the clock, beside delivering.
 *
 * Once a minute it looks which days are to be made into reports, once an hour what
 * was sent long ago is forgotten. Both end something for good, so neither is done by
 * a clock that has leapt ahead, until it has said so for a while (collect/day.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "collect/day.h"
#include "outgoing/settings.h"
#include "service/gatherer.h"
#include "store/outbox.h"

struct rounds {
    /* Set by who uses it, before rounds_init and later. */
    const struct outgoing_settings *settings;
    struct outbox *outbox;
    const struct clock *clock;
    const struct gatherer *gatherer; /* waited for; NULL: none */
    bool is_once; /* there is no while to wait for: a clock is believed */
    bool (*should_stop)(void *context);
    void *context;
    /* What came of it. */
    size_t n_reports; /* composed */
    bool is_pruning;  /* more is left */
    bool
        is_outdated; /* the awaited tally has come: settings are to be read again
                         before anything is composed */
    /* Its own. */
    int64_t awaits_from_ms;  /* settings are not asked for anew before */
    int64_t gather_until_ms; /* sources are waited for; 0: not any more */
    utc_time composed_at;
    utc_time pruned_at;
    struct day_watch watch;
    bool is_in_doubt;  /* the log has told so */
    bool is_long_away; /* the last composed day is long ago */
};

/*
 * Begins, with the last composed day as what is known of the time.
 * Returns: 0, -1 with err.
 */
int rounds_init(struct rounds *rounds, struct err *err);

/* New settings are there: days are looked at anew. */
void rounds_renew(struct rounds *rounds,
                  const struct outgoing_settings *settings);

/* New settings that were asked for were no good: those of now are gone by, and new
 * ones asked for again after some minutes. */
void rounds_refuse(struct rounds *rounds);

/*
 * Looks whether days are to be made into reports, at most once a minute.
 * Returns: 0, -1 with err.
 */
int rounds_compose(struct rounds *rounds, struct err *err);

/*
 * Forgets what was sent long ago, at most once an hour: some of it at each look until
 * all of it is, so that deliveries never wait for long.
 * Returns: 0, -1 with err.
 */
int rounds_prune(struct rounds *rounds, struct err *err);
