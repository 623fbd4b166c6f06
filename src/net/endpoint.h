/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Endpoint: the address of a socket, from text and to text.
 *
 * "127.0.0.1:24", "[::1]:24" or "unix:/run/tlsrpt/lmtp". Names are not looked
 * up: what listens must not wait for DNS.
 */

#include <sys/socket.h>

#include "base/err.h"

enum { ENDPOINT_TEXT_BYTES = 128 };

struct endpoint {
    struct sockaddr_storage storage;
    socklen_t bytes;
};

/* Reads an address. Returns: 0, -1 with err (ERR_USAGE). */
int endpoint_parse(const char *text, struct endpoint *out_endpoint,
                   struct err *err);

/* Writes it back. Returns: out. */
const char *endpoint_format(const struct endpoint *endpoint,
                            char out[static ENDPOINT_TEXT_BYTES]);

/* The path of a Unix socket, NULL for others. Lives as long as the endpoint. */
const char *endpoint_path(const struct endpoint *endpoint);

/* Puts the port that a socket was given where 0 was asked for. */
void endpoint_ask(struct endpoint *endpoint, int fd);

/*
 * Connects, blocking, for programs that hand something over and end.
 * seconds: for each read and write afterwards.
 * Returns: the descriptor (the caller's), -1 with err (ERR_SYSTEM).
 */
int endpoint_connect(const struct endpoint *endpoint, int seconds,
                     struct err *err);

/*
 * Opens a listening socket, close-on-exec and not blocking. A Unix socket that
 * nobody serves any more is replaced; it is for its owner and group alone, and
 * whoever closes it removes it. endpoint gets the port where 0 was asked for.
 * backlog: connections that wait to be taken.
 * Returns: the descriptor (the caller's), -1 with err (ERR_SYSTEM).
 */
int endpoint_listen(struct endpoint *endpoint, int backlog, struct err *err);
