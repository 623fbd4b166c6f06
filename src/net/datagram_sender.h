/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Datagrams to a Unix socket of this machine, as libtlsrpt sends them.
 *
 * The sending socket has no name and is not connected: nothing is left behind,
 * and a receiver that was started anew gets the next one. There is no answer: who
 * hands a datagram over knows that it is in the receiver's queue, no more.
 */

#include <sys/un.h>

#include "base/err.h"
#include "base/slice.h"

/* What sends to one path. */
struct datagram_sender {
    int fd; /* -1 where it is closed */
    int wait_ms;
    struct sockaddr_un address;
};

/*
 * Readies sending to the socket at a path, which need not be there yet.
 * wait_ms: how long a full queue is waited for; 0 for not at all.
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE for a path that is empty or too long; ERR_SYSTEM.
 */
int datagram_sender_open(const char *path, int wait_ms,
                         struct datagram_sender *out, struct err *err);

/*
 * Hands one datagram over.
 * Returns: 0 once it is in the receiver's queue, -1 with err.
 * Errors: ERR_SYSTEM, with system_errno, where nobody listens, the queue is full
 * or permission is missing: try again later; ERR_LIMIT where the kernel takes
 * none so large.
 */
int datagram_sender_send(const struct datagram_sender *sender,
                         struct slice octets, struct err *err);

/* Closes it. What is closed already is left alone. */
void datagram_sender_close(struct datagram_sender *sender);
