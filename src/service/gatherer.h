/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Gatherer: brings the sums of other collectors here, before a night is made.
 *
 * A thread for each source, so that one that hangs keeps no other. It looks every
 * two minutes which days its source still owes, the earliest first; a day that
 * stands, or was closed without the source, is not asked for again.
 */

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "fetch/source.h"
#include "outgoing/settings.h"

struct gatherer;

struct gatherer_options {
    const struct outgoing_settings *settings; /* outlives it */
    const struct clock *clock;
    bool is_once; /* each looks once and ends */
};

/*
 * Starts the threads; with no source there is nothing to start.
 * Owns: the caller, gatherer_stop.
 * Returns: 0, -1 with err: no memory, or no thread. A tally that cannot be
 * made is told in the log, and tried again at each look.
 */
int gatherer_start(const struct gatherer_options *options,
                   struct gatherer **out_gatherer, struct err *err);

/* A source as the settings have it. Owns: texts are borrowed from them. */
struct fetch_source gatherer_source(const struct outgoing_source *from);

/* The first day that a source owes on a day: as far back as days are made up, and
 * none before its own first. */
utc_day gatherer_first_day(const struct outgoing_source *from,
                           const struct outgoing_settings *settings,
                           utc_day today);

/* Tells whether all have looked once since the start, so that a day that is late
 * is not made without a source that has it. NULL: yes. */
bool gatherer_has_looked(const struct gatherer *gatherer);

/*
 * How long sources are waited for after a start, in milliseconds: as long as a day
 * waits for them, and one call of each at least. One that has thousands of calls to
 * answer, each of them slowly, would otherwise keep all days from being made.
 */
int64_t gatherer_wait_ms(const struct outgoing_settings *settings);

/* Tells the log which sources have not looked yet. NULL is allowed. */
void gatherer_tell_slow(const struct gatherer *gatherer);

/* Ends the threads, and frees it. NULL is allowed. */
void gatherer_stop(struct gatherer *gatherer);

/*
 * Looks once at all sources, for gatherer_wait_ms at most.
 * stop_fd: when it becomes readable nobody waits; -1 for none.
 * Returns: 0, -1 with err as gatherer_start. What a source does wrong is told in
 * the log.
 */
int gatherer_look(const struct outgoing_settings *settings,
                  const struct clock *clock, int stop_fd, struct err *err);
