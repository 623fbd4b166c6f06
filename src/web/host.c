/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A browser opens half a dozen at once. */
enum { LISTEN_BACKLOG = 128 };

static int parse_port(struct slice text, uint16_t *out)
{
    unsigned port = 0;
    if (text.len == 0 || text.len > 5)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        port = port * 10 + (unsigned)(text.ptr[i] - '0');
    }
    if (port > UINT16_MAX)
        return -1;
    *out = (uint16_t)port;
    return 0;
}

/* Cuts "name:port" at the colon that is not within brackets. */
static bool split(struct slice text, struct slice *out_name,
                  struct slice *out_port)
{
    size_t at = 0;
    if (text.len > 0 && text.ptr[0] == '[')
        at = slice_find(text, ']');
    while (at < text.len && text.ptr[at] != ':')
        at++;
    *out_name = slice_make(text.ptr, at);
    *out_port = slice_skip(text, at + 1);
    return at < text.len;
}

static int parse_address(const char *name, struct host *host)
{
    struct in_addr ipv4;
    struct in6_addr ipv6;
    size_t len = strlen(name);
    if (strcmp(name, "localhost") == 0)
        name = "127.0.0.1";
    if (inet_pton(AF_INET, name, &ipv4) == 1 &&
        ntohl(ipv4.s_addr) >> 24 == IN_LOOPBACKNET) {
        snprintf(host->address, sizeof host->address, "%s", name);
        return 0;
    }
    char bare[INET6_ADDRSTRLEN];
    if (name[0] != '[' || name[len - 1] != ']' || len - 2 >= sizeof bare)
        return -1;
    snprintf(bare, sizeof bare, "%.*s", (int)(len - 2), name + 1);
    if (inet_pton(AF_INET6, bare, &ipv6) != 1 || !IN6_IS_ADDR_LOOPBACK(&ipv6))
        return -1;
    snprintf(host->address, sizeof host->address, "[::1]");
    host->is_ipv6 = true;
    return 0;
}

int host_parse(const char *text, struct host *out_host, struct err *err)
{
    struct host host = { .port = 0 };
    struct slice name, port;
    char copy[HOST_TEXT_BYTES];
    if (!split(slice_of(text), &name, &port) || name.len == 0 ||
        name.len >= sizeof copy || parse_port(port, &host.port) < 0)
        return err_set(err, ERR_USAGE,
                       "\"%.80s\" is no address to listen on; write it as "
                       "127.0.0.1:8460 or [::1]:8460",
                       text);
    snprintf(copy, sizeof copy, "%.*s", (int)name.len, name.ptr);
    if (parse_address(copy, &host) < 0)
        return err_set(err, ERR_USAGE,
                       "%.80s is no loopback address; the dashboard has no "
                       "sign-in yet, so it serves this machine alone (use "
                       "127.0.0.1:%u, and ssh -L from elsewhere)",
                       copy, (unsigned)host.port);
    *out_host = host;
    return 0;
}

union any_address {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
};

static socklen_t fill_address(const struct host *host,
                              union any_address *address)
{
    memset(address, 0, sizeof *address);
    if (host->is_ipv6) {
        address->ipv6.sin6_family = AF_INET6;
        address->ipv6.sin6_addr = in6addr_loopback;
        address->ipv6.sin6_port = htons(host->port);
        return sizeof address->ipv6;
    }
    address->ipv4.sin_family = AF_INET;
    inet_pton(AF_INET, host->address, &address->ipv4.sin_addr);
    address->ipv4.sin_port = htons(host->port);
    return sizeof address->ipv4;
}

static int bind_and_listen(int fd, const struct host *host)
{
    union any_address address = { 0 };
    socklen_t bytes = fill_address(host, &address);
    const int on = 1;
    /* A server that was just stopped leaves its port in TIME_WAIT. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, &address.any, bytes) < 0)
        return -1;
    return listen(fd, LISTEN_BACKLOG);
}

int host_listen(struct host *host, struct err *err)
{
    int fd = socket(host->is_ipv6 ? AF_INET6 : AF_INET,
                    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_system(err, "opening a socket");
    union any_address address = { 0 };
    socklen_t bytes = sizeof address;
    if (bind_and_listen(fd, host) < 0 ||
        getsockname(fd, &address.any, &bytes) < 0) {
        err_system(err, "listening on %s:%u", host->address,
                   (unsigned)host->port);
        close(fd);
        return -1;
    }
    host->port =
        ntohs(host->is_ipv6 ? address.ipv6.sin6_port : address.ipv4.sin_port);
    return fd;
}

bool host_is_ours(const struct host *host, struct slice field)
{
    struct slice name, port_text;
    uint16_t port = 80;
    if (split(field, &name, &port_text) && parse_port(port_text, &port) < 0)
        return false;
    if (port != host->port)
        return false;
    return slice_equal_fold(name, SLICE("localhost")) ||
           slice_equal_fold(name, slice_of(host->address));
}
