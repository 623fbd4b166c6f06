/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The intake server inside: what its files share.
 */

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "web/connection.h"
#include "web/intake_server.h"
#include "web/intake_terms.h"

struct certificate;

struct intake_server {
    struct intake_server_options options; /* without what is borrowed */
    struct intake_terms *terms;           /* under lock, held */
    struct throttle *throttle;
    struct certificate *certificate; /* NULL = no TLS */
    struct connection_list connections;
    struct MHD_Daemon *daemon;
    struct MHD_Response *empty;     /* of 201 and 200 */
    struct MHD_Response *postponed; /* of 202 */
    atomic_size_t held_bytes;       /* of all bodies */
    atomic_uint n_connections;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_ending;        /* under lock */
    unsigned n_given;      /* under lock: their connections rest */
    unsigned n_unanswered; /* under lock: given, answer not sent */
};

/* One connection. */
struct intake_visitor {
    struct intake_server *server;
    struct connection *watched; /* NULL when out of memory */
    struct peer peer;
    bool is_counted; /* by the throttle */
};

/* Begins one request: MHD_OPTION_URI_LOG_CALLBACK. context: the server. */
void *intake_exchange_begin(void *context, const char *target,
                            struct MHD_Connection *connection);

/* Goes on with it: MHD_AccessHandlerCallback. */
enum MHD_Result intake_exchange_handle(void *context,
                                       struct MHD_Connection *connection,
                                       const char *url, const char *method,
                                       const char *version, const char *upload,
                                       size_t *upload_bytes, void **slot);

/* Ends it: MHD_OPTION_NOTIFY_COMPLETED. */
void intake_exchange_end(void *context, struct MHD_Connection *connection,
                         void **slot, enum MHD_RequestTerminationCode code);

/* By what a request goes that begins now; the caller holds them. */
struct intake_terms *intake_server_hold_terms(struct intake_server *server);

/* From now to a whole header, in milliseconds. */
int64_t intake_server_header_ms(struct intake_server *server);
