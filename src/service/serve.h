/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The life of `serve`: from an opened store to a signal.
 *
 * Stays in the foreground. SIGINT and SIGTERM stop it cleanly; SIGHUP asks for
 * new settings, and where there are none to be had, it goes on by the old ones.
 */

#include "base/clock.h"
#include "base/err.h"
#include "service/settings.h"

/* What it answers at. */
enum serve_door {
    SERVE_DASHBOARD, /* address: a URL that ends in '/' */
    SERVE_LMTP,
    SERVE_HTTPS /* address: a URL */
};

/* Called once for each door, when all are open. is_last: no other comes. */
typedef void serve_ready_function(void *context, enum serve_door door,
                                  const char *address, bool is_last);

/*
 * Gets settings anew, at SIGHUP.
 * Owns: the caller holds *out_settings.
 * Returns: 0, 1 where there is nothing to read, -1 with err.
 */
typedef int serve_reload_function(void *context, struct settings **out_settings,
                                  struct err *err);

struct serve_options {
    /* With a store_url; the store is made where there is none. Held by serve_run
     * as it needs them. */
    struct settings *settings;
    const char *notify_socket; /* value of NOTIFY_SOCKET, or NULL */
    const struct clock *clock;
    serve_ready_function *on_ready;
    serve_reload_function *reload; /* NULL = nothing is read again */
    void *context;                 /* of both */
};

/*
 * Serves until a signal. SIGINT, SIGTERM and SIGHUP stay blocked in the calling
 * thread afterwards, so that a second Ctrl-C does not kill a clean end.
 * Returns: 0 after SIGINT or SIGTERM, -1 with err.
 * Errors: as web_start, store_open and reader_open; ERR_SYSTEM where the process
 * that reads cannot be started again.
 */
int serve_run(const struct serve_options *options, struct err *err);
