/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Listener: a socket that connections come in by, served by a loop.
 */

#include "base/err.h"
#include "net/loop.h"

struct listener;

/* Called for each connection in the loop's thread. fd: the callee's from here
 * on, not blocking, close-on-exec. */
typedef void listener_function(void *context, int fd);

/*
 * Opens a socket at an address of net/endpoint.h and takes connections. A Unix
 * socket that a program left behind is replaced, one that is served is not; it
 * is made for its owner and group (0660).
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE (no such address), ERR_SYSTEM (taken, not allowed, ...).
 */
int listener_open(struct loop *loop, const char *address,
                  listener_function *function, void *context,
                  struct listener **out_listener, struct err *err);

/* The address, with the port that was chosen. */
const char *listener_address(const struct listener *listener);

/* Closes it, and removes a Unix socket. NULL is allowed. */
void listener_close(struct listener *listener);
