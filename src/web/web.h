/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Web: the dashboard and its JSON API over HTTP.
 *
 * Reads the store, asks insight and advice, writes JSON (docs/api.md); never
 * SQL, never a decision of its own. GET and HEAD only; loopback only, as long as
 * there is no sign-in. Workload: a few people with a few tabs; 10 ms a question.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct web;

/* Tells about a question that failed by our fault. */
typedef void web_error_function(void *context, const char *path,
                                const struct err *err);

struct web_options {
    const char *listen;        /* "127.0.0.1:8460"; port 0 = any free one */
    const char *store_url;     /* of a store that exists */
    const struct clock *clock; /* must outlive the server */
    /* The outgoing side: files that need not exist, URLs that must outlive the
     * server. */
    const char *const *tallies;
    size_t n_tallies;
    const char *outbox;           /* NULL = none */
    int64_t retry_s;              /* how long a delivery is tried */
    web_error_function *on_error; /* called from any thread; NULL = nobody */
    void *context;
};

/*
 * Checks that an address can be listened on, without doing so.
 * Returns: 0, -1 with err (ERR_USAGE: no address, or no loopback one).
 */
int web_check_listen(const char *listen, struct err *err);

/*
 * Starts to serve, in threads of its own (block signals before).
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE (no loopback address), ERR_SYSTEM (port taken), ERR_STORE.
 */
int web_start(const struct web_options *options, struct web **out_web,
              struct err *err);

/* The address of the dashboard, with the port that was chosen. */
const char *web_url(const struct web *web);

/* Stops and frees. NULL is allowed. */
void web_stop(struct web *web);
