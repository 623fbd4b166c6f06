/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The HTTP server: moves octets between sockets and the site.
 *
 * libmicrohttpd with a few threads of its own. It guards what the site cannot:
 * connections, their deadlines, the memory of answers that are being sent.
 */

#include "web/site.h"

struct server;

/*
 * Starts to serve on a listening socket.
 * listen_fd: taken over, also on failure. site must outlive the server.
 * Returns: 0, -1 with err.
 */
int server_start(const struct site *site, int listen_fd,
                 struct server **out_server, struct err *err);

/*
 * Stops: no new connection, answers being made are finished, then all are
 * closed. NULL is allowed.
 */
void server_stop(struct server *server);
