/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/listener.h>

#include "net/endpoint.h"
#include "net/limits.h"

struct listener {
    struct evconnlistener *connections;
    listener_function *function;
    void *context;
    struct endpoint endpoint;
    char address[ENDPOINT_TEXT_BYTES];
};

static void take(struct evconnlistener *connections, evutil_socket_t fd,
                 struct sockaddr *peer, int bytes, void *context)
{
    struct listener *listener = context;
    const int on = 1;

    (void)connections;
    (void)peer;
    (void)bytes;
    /* Replies are small and waited for; fails, without harm, on Unix sockets. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    listener->function(listener->context, fd);
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

static int bind_socket(int fd, const struct endpoint *endpoint)
{
    const int on = 1;
    mode_t mask = umask(0117); /* the socket is never open to others */
    int status;

    /* A server that was just stopped leaves its port in TIME_WAIT. */
    status =
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
        bind(fd, (const struct sockaddr *)&endpoint->storage, endpoint->bytes);
    umask(mask);
    return status ? -1 : listen(fd, NET_BACKLOG);
}

static int open_socket(struct listener *listener, struct err *err)
{
    struct endpoint *endpoint = &listener->endpoint;
    int fd;

    if (remove_left(endpoint, err))
        return -1;
    fd = socket(endpoint->storage.ss_family,
                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_system(err, "opening a socket");
    if (bind_socket(fd, endpoint)) {
        err_system(err, "listening on %s",
                   endpoint_format(endpoint, listener->address));
        close(fd);
        return -1;
    }
    endpoint_ask(endpoint, fd);
    endpoint_format(endpoint, listener->address);
    return fd;
}

int listener_open(struct loop *loop, const char *address,
                  listener_function *function, void *context,
                  struct listener **out_listener, struct err *err)
{
    struct listener *listener = calloc(1, sizeof(*listener));
    int fd = -1;

    if (!listener)
        return err_memory(err);
    listener->function = function;
    listener->context = context;
    if (endpoint_parse(address, &listener->endpoint, err) == 0)
        fd = open_socket(listener, err);
    if (fd >= 0) {
        listener->connections = evconnlistener_new(
            loop_base(loop), take, listener,
            LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
        if (!listener->connections) {
            close(fd);
            err_memory(err);
        }
    }
    if (!listener->connections) {
        free(listener);
        return -1;
    }
    *out_listener = listener;
    return 0;
}

const char *listener_address(const struct listener *listener)
{
    return listener->address;
}

void listener_close(struct listener *listener)
{
    const char *path;

    if (!listener)
        return;
    path = endpoint_path(&listener->endpoint);
    if (path)
        unlink(path);
    evconnlistener_free(listener->connections);
    free(listener);
}
