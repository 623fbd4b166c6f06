/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Inquiry: TXT records by name, for threads that may wait.
 *
 * A lookup with a loop and a thread of its own; what DNS said is kept for its time
 * to live.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "net/resolver.h"
#include "service/answers.h"

struct inquiry;

/*
 * Starts. No signal is delivered to its thread.
 * Returns: 0, -1 with err, as resolver_open.
 */
int inquiry_start(const struct resolver_options *options,
                  struct inquiry **out_inquiry, struct err *err);

/* Stops, when nobody asks any more. NULL is allowed. */
void inquiry_stop(struct inquiry *inquiry);

/* Tells whether answers are validated. */
bool inquiry_validates(const struct inquiry *inquiry);

/*
 * Finds the records of a name, as answers_find, and waits for them so long at
 * most; ANSWERS_PENDING is what did not come by then. Of any thread.
 * wait_ms: 0 waits for nothing.
 */
struct answers_answer inquiry_find(struct inquiry *inquiry, const char *name,
                                   int64_t wait_ms, struct arena *arena);
