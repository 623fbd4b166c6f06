/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/util.h>

static int parse_path(const char *path, struct endpoint *endpoint)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&endpoint->storage;
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof(un->sun_path))
        return -1;
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path, len + 1);
    endpoint->bytes = sizeof(*un);
    return 0;
}

/* libevent takes an address without a port, too. */
static int parse_number(const char *text, struct endpoint *endpoint)
{
    const char *colon = strrchr(text, ':');
    int bytes = sizeof(endpoint->storage);

    if (!colon || strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
        !colon[1] || (strchr(text, ':') != colon && colon[-1] != ']'))
        return -1;
    /* It takes no port 0, which here asks for any free one. */
    if (strspn(colon + 1, "0") == strlen(colon + 1)) {
        char any[ENDPOINT_TEXT_BYTES];
        int len =
            snprintf(any, sizeof(any), "%.*s:1", (int)(colon - text), text);

        if (len < 0 || (size_t)len >= sizeof(any) ||
            evutil_parse_sockaddr_port(
                any, (struct sockaddr *)&endpoint->storage, &bytes))
            return -1;
        /* Both kinds have their port at the same place. */
        ((struct sockaddr_in *)&endpoint->storage)->sin_port = 0;
    } else if (evutil_parse_sockaddr_port(
                   text, (struct sockaddr *)&endpoint->storage, &bytes)) {
        return -1;
    }
    endpoint->bytes = (socklen_t)bytes;
    return 0;
}

int endpoint_parse(const char *text, struct endpoint *out_endpoint,
                   struct err *err)
{
    struct endpoint endpoint = { .bytes = 0 };
    int status = strncmp(text, "unix:", 5) == 0
                     ? parse_path(text + 5, &endpoint)
                     : parse_number(text, &endpoint);

    if (status)
        return err_set(err, ERR_USAGE,
                       "\"%.100s\" is no address; write it as 127.0.0.1:24,"
                       " [::1]:24 or unix:/path of at most 107 octets",
                       text);
    *out_endpoint = endpoint;
    return 0;
}

const char *endpoint_path(const struct endpoint *endpoint)
{
    return endpoint->storage.ss_family == AF_UNIX
               ? ((const struct sockaddr_un *)&endpoint->storage)->sun_path
               : NULL;
}

const char *endpoint_format(const struct endpoint *endpoint,
                            char out[static ENDPOINT_TEXT_BYTES])
{
    const struct sockaddr_in *in = (const void *)&endpoint->storage;
    const struct sockaddr_in6 *in6 = (const void *)&endpoint->storage;
    char address[INET6_ADDRSTRLEN] = "?";

    if (endpoint_path(endpoint)) {
        snprintf(out, ENDPOINT_TEXT_BYTES, "unix:%s", endpoint_path(endpoint));
    } else if (endpoint->storage.ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &in6->sin6_addr, address, sizeof(address));
        snprintf(out, ENDPOINT_TEXT_BYTES, "[%s]:%u", address,
                 ntohs(in6->sin6_port));
    } else {
        inet_ntop(AF_INET, &in->sin_addr, address, sizeof(address));
        snprintf(out, ENDPOINT_TEXT_BYTES, "%s:%u", address,
                 ntohs(in->sin_port));
    }
    return out;
}

void endpoint_ask(struct endpoint *endpoint, int fd)
{
    struct endpoint met = { .bytes = sizeof(met.storage) };

    if (!endpoint_path(endpoint) &&
        getsockname(fd, (struct sockaddr *)&met.storage, &met.bytes) == 0)
        *endpoint = met;
}

int endpoint_connect(const struct endpoint *endpoint, int seconds,
                     struct err *err)
{
    const struct timeval limit = { .tv_sec = seconds };
    char text[ENDPOINT_TEXT_BYTES];
    int fd = socket(endpoint->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return err_system(err, "opening a socket");
    /* Linux bounds connect by the time for sending. */
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) ||
        connect(fd, (const struct sockaddr *)&endpoint->storage,
                endpoint->bytes)) {
        err_system(err, "connecting to %s", endpoint_format(endpoint, text));
        close(fd);
        return -1;
    }
    return fd;
}

/* Removes a Unix socket that nobody serves any more. */
static int remove_left(const struct endpoint *endpoint, struct err *err)
{
    const char *path = endpoint_path(endpoint);
    struct stat status;
    int fd;

    if (!path || lstat(path, &status))
        return 0;
    if (!S_ISSOCK(status.st_mode))
        return err_set(err, ERR_SYSTEM, "%s is there and is no socket", path);
    fd = endpoint_connect(endpoint, 1, NULL);
    if (fd >= 0) {
        close(fd);
        return err_set(err, ERR_SYSTEM, "%s is served by another program",
                       path);
    }
    return unlink(path) ? err_system(err, "removing %s", path) : 0;
}

static int bind_socket(int fd, const struct endpoint *endpoint, int backlog)
{
    const int on = 1;
    mode_t mask = umask(0117); /* the socket is never open to others */
    int status;

    /* A server that was just stopped leaves its port in TIME_WAIT. */
    status =
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
        bind(fd, (const struct sockaddr *)&endpoint->storage, endpoint->bytes);
    umask(mask);
    return status ? -1 : listen(fd, backlog);
}

int endpoint_listen(struct endpoint *endpoint, int backlog, struct err *err)
{
    char text[ENDPOINT_TEXT_BYTES];
    int fd;

    if (remove_left(endpoint, err))
        return -1;
    fd = socket(endpoint->storage.ss_family,
                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_system(err, "opening a socket");
    if (bind_socket(fd, endpoint, backlog)) {
        err_system(err, "listening on %s", endpoint_format(endpoint, text));
        close(fd);
        return -1;
    }
    endpoint_ask(endpoint, fd);
    return fd;
}
