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
#include "service/settings.h"

struct lmtp_server;

struct lmtp_server_options {
    const char *host;          /* of the greeting; copied */
    struct settings *settings; /* held as long as they are gone by */
    const char *name;          /* of one of their LMTP listeners */
};

/*
 * Begins to listen. loop: not running yet, or this is its thread; loop and
 * receiver must outlive the server.
 * Returns: 0, -1 with err.
 */
int lmtp_server_open(struct loop *loop, struct receiver *receiver,
                     const struct lmtp_server_options *options,
                     struct lmtp_server **out_server, struct err *err);

/*
 * Goes by new settings from the next mail on, in the loop's thread; where they
 * have no listener of that name, by the old ones.
 */
void lmtp_server_use(struct lmtp_server *server, struct settings *settings,
                     const char *name);

/* The name it has in its settings. */
const char *lmtp_server_name(const struct lmtp_server *server);

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
