/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "os/notify.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Fills the address of a path or an abstract name. */
static int fill_address(const char *name, struct sockaddr_un *address,
                        socklen_t *out_bytes, struct err *err)
{
    size_t len = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || len < 2 ||
        len >= sizeof address->sun_path)
        return err_set(err, ERR_USAGE,
                       "NOTIFY_SOCKET is \"%.100s\", but must "
                       "be a path or an abstract name",
                       name);
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    memcpy(address->sun_path, name, len);
    /* An abstract name begins with a NUL and has none at its end. */
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    size_t end = name[0] == '@' ? len : len + 1;
    *out_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + end);
    return 0;
}

int notify_send(const char *socket_name, const char *state, struct err *err)
{
    if (!socket_name || socket_name[0] == '\0')
        return 1;
    struct sockaddr_un address;
    socklen_t address_bytes = 0;
    if (fill_address(socket_name, &address, &address_bytes, err) < 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_system(err, "opening a socket for NOTIFY_SOCKET");
    ssize_t n = sendto(fd, state, strlen(state), MSG_NOSIGNAL,
                       (struct sockaddr *)&address, address_bytes);
    int r = n < 0 ? err_system(err, "telling NOTIFY_SOCKET %.100s", state) : 0;
    close(fd);
    return r;
}
