/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Datagram: a Unix datagram socket that others send to by its path.
 *
 * Senders are not connected and hear nothing: what does not fit into the queue of
 * the socket is lost to them. How long that queue is, is taken from
 * net.unix.max_dgram_qlen when the socket is made.
 */

#include <sys/types.h>

#include "base/err.h"

enum {
    DATAGRAM_PATH_BYTES = 107, /* longest path of a Unix socket */
    DATAGRAM_MODE = 0660       /* unless another is asked for */
};

struct datagram_options {
    const char *path;
    const char *user;  /* owner, a name or a number; NULL: us */
    const char *group; /* likewise */
    unsigned mode;     /* permission bits; 0: DATAGRAM_MODE */
};

/*
 * Makes the socket. A file that a program left behind is replaced, one at which
 * another program still receives is not. It is never open to more than `mode`.
 * Returns: the descriptor (the caller's, close-on-exec, blocking), -1 with err.
 * Errors: ERR_USAGE (path too long, no such user or group), ERR_SYSTEM (taken, no
 * socket, not allowed, ...).
 */
int datagram_open(const struct datagram_options *options, struct err *err);

/* Find a user or a group by name, or take a number. Return: 0, -1 with err
 * (ERR_USAGE: there is none). */
int datagram_find_user(const char *name, uid_t *out_uid, struct err *err);
int datagram_find_group(const char *name, gid_t *out_gid, struct err *err);

/*
 * What net.unix.max_dgram_qlen says now for a socket, -1 for one to be made here.
 * A socket has what it was when it was made.
 * Returns: datagrams; -1 where it cannot be read, or the socket is of another
 * network namespace than we are.
 */
long datagram_queue_length(int socket_fd);
