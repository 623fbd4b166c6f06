/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Timer: a function called once, later, in the loop's thread.
 */

#include "base/err.h"
#include "net/loop.h"

struct timer;

/*
 * Calls a function after so many milliseconds, by the clock that never steps.
 * Owns: *out_timer is the caller's, to be cancelled also after the call.
 * Returns: 0, -1 with err.
 */
int timer_start(struct loop *loop, int ms, loop_function *function,
                void *context, struct timer **out_timer, struct err *err);

/* Frees a timer; what it has not called yet is not called. NULL is allowed. */
void timer_cancel(struct timer *timer);
