/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Loop: one thread that waits for sockets, and work that others hand to it.
 *
 * Everything of a loop is touched in its own thread alone, but loop_post and
 * loop_stop, which any thread may call.
 */

#include "base/err.h"

struct loop;
struct event_base;

typedef void loop_function(void *context);

/* Makes a loop. Returns: 0, -1 with err. */
int loop_new(struct loop **out_loop, struct err *err);

/* Frees a loop that does not run; what was posted meanwhile is called first, so
 * that nothing handed over is lost. NULL is allowed. */
void loop_free(struct loop *loop);

/*
 * Runs the loop in this thread until loop_stop.
 * Returns: 0, -1 with err.
 */
int loop_run(struct loop *loop, struct err *err);

/* Ends loop_run after what was posted before. */
void loop_stop(struct loop *loop);

/*
 * Has a function called in the loop's thread, soon and in order. The caller
 * lends `post` until then, so that handing over cannot fail.
 */
struct loop_post {
    loop_function *function;
    void *context;
    struct loop_post *next; /* the loop's */
};
void loop_post(struct loop *loop, struct loop_post *post);

/* libevent's base, for this room's other files. */
struct event_base *loop_base(const struct loop *loop);
