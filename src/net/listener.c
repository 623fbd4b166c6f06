/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
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
        fd = endpoint_listen(&listener->endpoint, NET_BACKLOG, err);
    if (fd >= 0) {
        endpoint_format(&listener->endpoint, listener->address);
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
