/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Suppression: the list of what gets nothing, held in memory for one night, and
 * asked again before each try.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/utc.h"
#include "outgoing/target.h"
#include "store/outbox.h"

struct outgoing_suppressed {
    struct slice pattern;
    const char *why; /* for people: reason and end */
};

struct outgoing_suppression {
    struct arena arena;
    struct outgoing_suppressed *rows;
    size_t n_rows;
};

/*
 * Reads what is in force at `now`.
 * Owns: the caller, outgoing_suppression_deinit, after -1 too.
 * Returns: 0, -1 with err.
 */
int outgoing_suppression_init(struct outgoing_suppression *suppression,
                              struct outbox *outbox, utc_time now,
                              struct err *err);

/* Frees it. NULL is allowed. */
void outgoing_suppression_deinit(struct outgoing_suppression *suppression);

/* Returns: why a target gets nothing, NULL where it does get. */
const char *outgoing_suppression_find(
    const struct outgoing_suppression *suppression,
    const struct outgoing_target *target);

/*
 * Asks the outbox itself what holds a target back at `now`; the first pattern.
 * Owns: *out_met lives in the arena.
 * Returns: 0; 1 where nothing does; -1 with err.
 */
int outgoing_suppression_ask(struct outbox *outbox, utc_time now,
                             const struct outgoing_target *target,
                             struct arena *arena,
                             struct outgoing_suppressed *out_met,
                             struct err *err);
