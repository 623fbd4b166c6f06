/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Telling the service manager how we are (sd_notify).
 *
 * One datagram to the socket that NOTIFY_SOCKET names; the protocol is a few
 * lines, so no library is linked for it. Sent two or three times in the life of
 * a daemon.
 */

#include "base/err.h"

/*
 * Sends a state, e.g. "READY=1" or "STOPPING=1".
 * socket_name: the value of NOTIFY_SOCKET: a path, or '@' and an abstract name;
 * NULL or "" = nobody listens.
 * Returns: 0 sent, 1 where nobody listens, -1 with err.
 * Errors: ERR_USAGE (a name of another kind), ERR_SYSTEM.
 */
int notify_send(const char *socket_name, const char *state, struct err *err);
