/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Where the dashboard listens, and by which names it may be called.
 *
 * Without sign-in only this machine may ask, so only loopback addresses are
 * taken, and Host must name one: a page of a stranger whose name was pointed at
 * 127.0.0.1 (DNS rebinding) is refused.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum { HOST_TEXT_BYTES = 64 };

struct host {
    char address[HOST_TEXT_BYTES]; /* as in a URL: "127.0.0.1", "[::1]" */
    bool is_ipv6;
    uint16_t port; /* 0 = any free one; host_listen puts the chosen one */
};

/*
 * Reads "127.0.0.1:8460", "[::1]:8460" or "localhost:8460".
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE (no such form, or no loopback address).
 */
int host_parse(const char *text, struct host *out_host, struct err *err);

/*
 * Opens a listening socket, close-on-exec and not blocking; puts the chosen
 * port where 0 was asked for.
 * Returns: the descriptor (the caller's), -1 with err.
 * Errors: ERR_SYSTEM (the address is taken, ...).
 */
int host_listen(struct host *host, struct err *err);

/*
 * Tells whether a Host field (or the authority of a target) names this server:
 * its address or localhost, with its port; without one only on port 80.
 * RFC: 9110 section 7.2.
 */
bool host_is_ours(const struct host *host, struct slice field);
