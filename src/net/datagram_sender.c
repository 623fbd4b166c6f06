/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/datagram_sender.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int datagram_sender_open(const char *path, int wait_ms,
                         struct datagram_sender *out, struct err *err)
{
    struct datagram_sender sender = { .wait_ms = wait_ms };
    struct timeval wait = { .tv_sec = wait_ms / 1000,
                            .tv_usec = wait_ms % 1000 * 1000 };
    size_t len = strlen(path);

    out->fd = -1;
    if (len == 0)
        return err_set(err, ERR_USAGE, "the path of the socket is empty");
    if (len >= sizeof(sender.address.sun_path))
        return err_set(err, ERR_USAGE,
                       "the path of the socket has %zu octets; the system "
                       "takes %zu at most",
                       len, sizeof(sender.address.sun_path) - 1);
    sender.address.sun_family = AF_UNIX;
    memcpy(sender.address.sun_path, path, len);
    sender.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender.fd < 0)
        return err_system(err, "making a socket");
    if (wait_ms > 0 &&
        setsockopt(sender.fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait))) {
        err_system(err, "setting how long to wait");
        datagram_sender_close(&sender);
        return -1;
    }
    *out = sender;
    return 0;
}

/* Says what it means that a datagram was not taken. */
static int explain(const struct datagram_sender *sender, size_t len,
                   struct err *err)
{
    const char *path = sender->address.sun_path;
    int why = errno;

    switch (why) {
    case EAGAIN:
        err_set(err, ERR_SYSTEM,
                "the queue of %s is full%s: the collector does not keep up, or "
                "net.unix.max_dgram_qlen was below 512 when it began",
                path, sender->wait_ms ? " still" : "");
        break;
    case ENOENT:
        err_set(err, ERR_SYSTEM,
                "there is no socket %s: is the collector "
                "running?",
                path);
        break;
    case ECONNREFUSED:
        err_set(err, ERR_SYSTEM,
                "nobody listens on %s: the collector has "
                "left it behind",
                path);
        break;
    case EPROTOTYPE:
        err_set(err, ERR_SYSTEM,
                "%s is a socket for connections, not for "
                "datagrams",
                path);
        break;
    case EMSGSIZE:
        return err_set(err, ERR_LIMIT,
                       "the datagram has %zu octets, more than the system "
                       "takes (net.core.wmem_default)",
                       len);
    default: err_system(err, "sending to %s", path);
    }
    if (err)
        err->system_errno = why;
    return -1;
}

int datagram_sender_send(const struct datagram_sender *sender,
                         struct slice octets, struct err *err)
{
    ssize_t n;

    do {
        n = sendto(sender->fd, octets.ptr, octets.len,
                   sender->wait_ms ? 0 : MSG_DONTWAIT,
                   (const struct sockaddr *)&sender->address,
                   sizeof(sender->address));
    } while (n < 0 && errno == EINTR);
    return n < 0 ? explain(sender, octets.len, err) : 0;
}

void datagram_sender_close(struct datagram_sender *sender)
{
    if (sender->fd >= 0)
        close(sender->fd);
    sender->fd = -1;
}
