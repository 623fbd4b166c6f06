/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The life of `serve`: from an opened store to a signal.
 *
 * Stays in the foreground. SIGINT and SIGTERM stop it cleanly; SIGHUP has
 * certificates read again; those that are no good change nothing.
 */

#include "base/clock.h"
#include "base/err.h"
#include "service/folder.h"

struct https_server_options;

/* Called once the server answers. url: ends in '/'. lmtp, https: where reports
 * are taken so, NULL for nowhere. */
typedef void serve_ready_function(void *context, const char *url,
                                  const char *lmtp, const char *https);

struct serve_options {
    const char *listen;      /* "127.0.0.1:8460"; port 0 = any free one */
    const char *listen_lmtp; /* an address of net/endpoint.h; NULL = none */
    const struct folder_options *folders; /* watched for reports */
    size_t n_folders;
    const struct https_server_options *intake; /* by HTTPS; NULL = none */
    const char *store_url;     /* the store is made where there is none */
    const char *notify_socket; /* value of NOTIFY_SOCKET, or NULL */
    const struct clock *clock;
    serve_ready_function *on_ready;
    void *context;
};

/*
 * Serves until a signal. SIGINT, SIGTERM and SIGHUP stay blocked in the calling
 * thread afterwards, so that a second Ctrl-C does not kill a clean end.
 * Returns: 0 after SIGINT or SIGTERM, -1 with err.
 * Errors: as web_start and store_open.
 */
int serve_run(const struct serve_options *options, struct err *err);
