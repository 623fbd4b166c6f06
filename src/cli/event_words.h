/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Words of a command line to a session event.
 *
 * Order matters: what describes a policy stands behind its --policy, what
 * describes a failure behind its --failure.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "cli/options.h"
#include "event/event.h"

/*
 * Adds the policies that the values of options describe to an event, whose
 * domain and record the caller has set. A policy has failed where it has
 * failures, unless --result says otherwise.
 * Owns: the event borrows the values, its arrays live in arena.
 * Returns: 0; -1 with err, ERR_USAGE for words that make no sense.
 */
int event_words_read(struct arena *arena, const struct options_value *values,
                     size_t n, struct event *event, struct err *err);
