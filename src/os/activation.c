/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/activation.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST = 3, NONE = -1, WRONG = -2 };

static int option(int fd, int name)
{
    int value = -1;
    socklen_t bytes = sizeof(value);

    return getsockopt(fd, SOL_SOCKET, name, &value, &bytes) ? -1 : value;
}

int activation_take_datagram(const char *pid_text, const char *count_text,
                             struct err *err)
{
    long n;

    /* Meant for another process that handed its environment down. */
    if (!pid_text || !count_text || strtol(pid_text, NULL, 10) != getpid())
        return NONE;
    n = strtol(count_text, NULL, 10);
    if (n <= 0)
        return NONE;
    if (n > 1) {
        err_set(err, ERR_USAGE,
                "the service manager gives %ld sockets, one is wanted; for"
                " another path write an empty ListenDatagram= before it"
                " (systemctl edit tlsrpt-collect.socket)",
                n);
        return WRONG;
    }
    if (option(FIRST, SO_DOMAIN) != AF_UNIX ||
        option(FIRST, SO_TYPE) != SOCK_DGRAM) {
        err_set(err, ERR_USAGE,
                "the service manager gives what is no Unix datagram socket "
                "(ListenDatagram=)");
        return WRONG;
    }
    if (fcntl(FIRST, F_SETFD, FD_CLOEXEC)) {
        err_system(err, "taking the socket of the service manager");
        return WRONG;
    }
    return FIRST;
}
