/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Intake server: takes reports by HTTPS POST, and serves nothing else.
 *
 * It knows no store: a body that came in whole is given away, its connection
 * rests, and is answered when whoever took it says what became of it. It is made
 * for the open internet: every request has a deadline from its first octet to
 * its last, every address has its share, all bodies together a maximum.
 * Workload: 8,000 reports of 1 KB a second, over hundreds of connections.
 *
 * RFC: 8460 section 5.4; 9110, 9112.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "web/peer.h"
#include "web/throttle.h"

struct intake_server;

/* What became of a body. */
enum intake_server_fate {
    INTAKE_SERVER_NEW,       /* 201 */
    INTAKE_SERVER_AGAIN,     /* 200: it was there already */
    INTAKE_SERVER_POSTPONED, /* 202: kept, and not read yet */
    INTAKE_SERVER_UNREAD,    /* 422: kept, but it is no report */
    INTAKE_SERVER_LATER      /* 503: not kept */
};

struct intake_server_result {
    enum intake_server_fate fate;
    /* Of what is unread: what was found; copied, "" where unknown. */
    const char *detail; /* a sentence */
    const char *code;
    const char *where;
    const char *rfc;
};

/* One body that came in. */
struct intake_server_post {
    struct slice body; /* stays until intake_server_answer */
    size_t path;       /* which of the paths it came by */
    char client[PEER_TEXT_BYTES];
};

/*
 * Takes a body, in a thread of the server; must not wait. context: that of the
 * terms its request goes by, which stay until intake_server_answer.
 * Returns: 0 taken: intake_server_answer will be called; 1 not: come again later.
 */
typedef int intake_server_give(void *context, struct intake_server_post *post);

/* What may be exchanged while it serves; each request goes by those that hold
 * when its header is whole. */
struct intake_server_terms {
    const char *const *paths; /* "/v1/tlsrpt"; copied */
    size_t n_paths;           /* 1 at least */
    /* Whose Forwarded is believed; copied. */
    const struct peer_network *proxies;
    size_t n_proxies;
    void *context; /* of give */
    /* Called once, from any thread, when nothing goes by them any more. May be
     * NULL. */
    void (*release)(void *context);
};

struct intake_server_options {
    struct intake_server_terms terms;
    const char *certificate_file; /* PEM; NULL = no TLS */
    const char *key_file;
    unsigned connections; /* at most; 0 = WEB_INTAKE_CONNECTIONS */
    /* Of one address; NULL = limits.h. */
    const struct throttle_options *throttle;
    intake_server_give *give;
};

/*
 * Starts to serve on a listening socket, in threads of its own (block signals
 * before). listen_fd and terms.context: taken over, also on failure.
 * Returns: 0, -1 with err.
 * Errors: ERR_USAGE and ERR_SYSTEM as certificate_open; ERR_SYSTEM, ERR_MEMORY.
 */
int intake_server_start(const struct intake_server_options *options,
                        int listen_fd, struct intake_server **out_server,
                        struct err *err);

/*
 * Goes by other terms from the next request on, from any thread; requests under
 * way keep theirs, and no connection ends. terms->context: taken over, also on
 * failure.
 * Returns: 0, -1 with err (ERR_MEMORY): then all is as before.
 */
int intake_server_use(struct intake_server *server,
                      const struct intake_server_terms *terms, struct err *err);

/*
 * Reads the certificate again, or another one, from one thread at a time.
 * Without TLS does nothing.
 * Returns: 0, -1 with err as certificate_open: then the old one stays.
 */
int intake_server_certify(struct intake_server *server,
                          const char *certificate_file, const char *key_file,
                          struct err *err);

/*
 * Says what became of a body, from any thread, once; the post is gone then.
 */
void intake_server_answer(struct intake_server_post *post,
                          const struct intake_server_result *result);

/*
 * Stops: no new connection, new posts are told to come later, all that were
 * given are waited for (whoever took them must still run) and answered. NULL is
 * allowed.
 */
void intake_server_stop(struct intake_server *server);
