/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The LMTP server: sessions on a loop, mails to the receiver.
 *
 * A recipient is answered 250 only after the commit; 451 where the store fails
 * or too much waits, so that the relay keeps the mail and comes again.
 */

#include "base/err.h"
#include "net/loop.h"
#include "service/receiver.h"

struct lmtp_server;

struct lmtp_server_options {
    const char *listen; /* "unix:/path", "127.0.0.1:24", "[::1]:24" */
    const char *host;   /* of the greeting; copied */
    enum intake_rule rule;
};

/*
 * Begins to listen. loop: not running yet, or this is its thread; loop and
 * receiver must outlive the server.
 * Returns: 0, -1 with err.
 */
int lmtp_server_open(struct loop *loop, struct receiver *receiver,
                     const struct lmtp_server_options *options,
                     struct lmtp_server **out_server, struct err *err);

/* The address with the port that was chosen. */
const char *lmtp_server_address(const struct lmtp_server *server);

/*
 * Begins to end, in the loop's thread: no new session, open ones are told 421
 * when they wait for nothing. `ended` is called when the last one is gone, or
 * after SERVICE_END_S.
 */
void lmtp_server_end(struct lmtp_server *server, loop_function *ended,
                     void *context);

/* Frees, when neither loop nor receiver run any more. NULL is allowed. */
void lmtp_server_free(struct lmtp_server *server);
