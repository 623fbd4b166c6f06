/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/intake_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/abstract.h>

#include "base/clock.h"
#include "web/certificate.h"
#include "web/intake_handle.h"
#include "web/limits.h"

/* ---- Connections --------------------------------------------------------- */

int64_t intake_server_header_ms(struct intake_server *server)
{
    return atomic_load(&server->n_connections) > server->options.connections / 2
               ? WEB_INTAKE_CROWDED_MS
               : WEB_INTAKE_HEADER_MS;
}

static struct peer peer_behind(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return peer_of(info ? info->client_addr : NULL);
}

struct intake_terms *intake_server_hold_terms(struct intake_server *server)
{
    struct intake_terms *terms;

    pthread_mutex_lock(&server->lock);
    terms = intake_terms_hold(server->terms);
    pthread_mutex_unlock(&server->lock);
    return terms;
}

/* Counts who does not come through a proxy, nor from this machine. */
static bool may_connect(struct intake_visitor *visitor)
{
    struct intake_terms *terms = intake_server_hold_terms(visitor->server);
    const struct intake_server_terms *now = intake_terms_read(terms);
    const bool is_proxy =
        peer_network_holds(now->proxies, now->n_proxies, &visitor->peer);

    intake_terms_drop(terms);
    if (is_proxy || peer_is_loopback(&visitor->peer))
        return true;
    visitor->is_counted =
        throttle_connect(visitor->server->throttle, &visitor->peer) == 0;
    return visitor->is_counted;
}

static void begin_connection(struct intake_server *server,
                             struct MHD_Connection *connection, void **slot)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct intake_visitor *visitor = calloc(1, sizeof(*visitor));

    atomic_fetch_add(&server->n_connections, 1);
    *slot = visitor;
    if (!info)
        return;
    if (visitor) {
        visitor->server = server;
        visitor->peer = peer_behind(connection);
        if (may_connect(visitor))
            visitor->watched = connection_add(
                &server->connections, info->connect_fd,
                clock_monotonic_ms() + intake_server_header_ms(server));
    }
    /* It ends as if its client had ended it. */
    if (!visitor || !visitor->watched)
        shutdown(info->connect_fd, SHUT_RDWR);
}

static void end_connection(struct intake_server *server,
                           struct intake_visitor *visitor)
{
    atomic_fetch_sub(&server->n_connections, 1);
    if (!visitor)
        return;
    connection_remove(&server->connections, visitor->watched);
    if (visitor->is_counted)
        throttle_disconnect(server->throttle, &visitor->peer);
    free(visitor);
}

static void note_connection(void *context, struct MHD_Connection *connection,
                            void **slot,
                            enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        begin_connection(context, connection, slot);
        return;
    }
    end_connection(context, *slot);
    *slot = NULL;
}

/* ---- TLS ----------------------------------------------------------------- */

/* Called in each handshake; the library names the connection alone. */
static int show_certificate(gnutls_session_t session,
                            const struct gnutls_cert_retr_st *info,
                            gnutls_pcert_st **chain, unsigned *n,
                            gnutls_ocsp_data_st **ocsp, unsigned *n_ocsp,
                            gnutls_privkey_t *key, unsigned *flags)
{
    const union MHD_ConnectionInfo *met = MHD_get_connection_info(
        gnutls_session_get_ptr(session), MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const struct intake_visitor *visitor = met ? met->socket_context : NULL;

    (void)info;
    if (!visitor ||
        certificate_give(visitor->server->certificate, chain, n, key))
        return -1;
    *ocsp = NULL;
    *n_ocsp = 0;
    *flags = GNUTLS_CERT_RETR_DEINIT_ALL;
    return 0;
}

/* ---- Life ---------------------------------------------------------------- */

/* The library's own complaints are about clients; none is worth a line. */
static void ignore_log(void *context, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
}

static struct MHD_Daemon *start_daemon(struct intake_server *server,
                                       int listen_fd)
{
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_CERT_CALLBACK2, 0,
          (void *)(uintptr_t)show_certificate },
        /* RFC 8996: nothing older. */
        { MHD_OPTION_HTTPS_PRIORITIES, 0,
          (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
        { MHD_OPTION_END, 0, NULL }
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
                     MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;

    if (server->certificate)
        flags |= MHD_USE_TLS;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, intake_exchange_handle, server,
        MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL, MHD_OPTION_LISTEN_SOCKET,
        listen_fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)WEB_INTAKE_THREADS,
        MHD_OPTION_CONNECTION_LIMIT, server->options.connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(WEB_INTAKE_BODY_MS / 1000),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WEB_INTAKE_HEADER_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
        intake_exchange_begin, server, MHD_OPTION_NOTIFY_COMPLETED,
        intake_exchange_end, server, MHD_OPTION_NOTIFY_CONNECTION,
        note_connection, server,
        server->certificate ? MHD_OPTION_ARRAY : MHD_OPTION_END, tls,
        MHD_OPTION_END);
}

static int open_throttle(struct intake_server *server,
                         const struct throttle_options *options,
                         struct err *err)
{
    static const struct throttle_options usual = {
        .connections = WEB_INTAKE_ADDRESS_CONNECTIONS,
        .requests = WEB_INTAKE_ADDRESS_REQUESTS,
        .per_second = WEB_INTAKE_ADDRESS_PER_SECOND,
        .burst = WEB_INTAKE_ADDRESS_BURST,
        .addresses = WEB_INTAKE_ADDRESSES,
    };

    return throttle_new(options ? options : &usual, &server->throttle, err);
}

/* 201 and 200 say all, and so does 202, which says the same to all; made once,
 * they cost nothing. */
static int make_answers(struct intake_server *server, struct err *err)
{
    /* What it is now, as RFC 9110 section 15.3.3 asks. */
    static char postponed[] =
        "{\"status\": \"kept\", \"detail\": \"It is kept and will be read"
        " soon; it need not be sent again.\"}\n";

    server->empty =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    server->postponed = MHD_create_response_from_buffer(
        sizeof(postponed) - 1, postponed, MHD_RESPMEM_PERSISTENT);
    if (!server->empty || !server->postponed)
        return err_memory(err);
    MHD_add_response_header(server->empty, "Cache-Control", "no-store");
    MHD_add_response_header(server->postponed, "Cache-Control", "no-store");
    MHD_add_response_header(server->postponed, "Content-Type",
                            "application/json");
    return 0;
}

static int open_server(struct intake_server *server,
                       const struct intake_server_options *options,
                       struct err *err)
{
    server->options = (struct intake_server_options){
        .connections = options->connections ? options->connections
                                            : WEB_INTAKE_CONNECTIONS,
        .give = options->give,
    };
    if (intake_terms_new(&options->terms, &server->terms, err) ||
        open_throttle(server, options->throttle, err) ||
        make_answers(server, err))
        return -1;
    return options->certificate_file
               ? certificate_open(options->certificate_file, options->key_file,
                                  &server->certificate, err)
               : 0;
}

static void free_server(struct intake_server *server)
{
    if (server->empty)
        MHD_destroy_response(server->empty);
    if (server->postponed)
        MHD_destroy_response(server->postponed);
    certificate_close(server->certificate);
    throttle_free(server->throttle);
    intake_terms_drop(server->terms);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}

static int start(struct intake_server *server, int listen_fd, struct err *err)
{
    if (connection_list_init(&server->connections, err))
        return -1;
    server->daemon = start_daemon(server, listen_fd);
    if (server->daemon)
        return 0;
    connection_list_deinit(&server->connections);
    return err_set(err, ERR_SYSTEM,
                   "the server that takes reports by HTTPS "
                   "could not be started");
}

int intake_server_start(const struct intake_server_options *options,
                        int listen_fd, struct intake_server **out_server,
                        struct err *err)
{
    struct intake_server *server = calloc(1, sizeof(*server));

    if (!server) {
        if (options->terms.release)
            options->terms.release(options->terms.context);
        close(listen_fd);
        return err_memory(err);
    }
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    if (open_server(server, options, err) || start(server, listen_fd, err)) {
        free_server(server);
        close(listen_fd);
        return -1;
    }
    *out_server = server;
    return 0;
}

int intake_server_use(struct intake_server *server,
                      const struct intake_server_terms *terms, struct err *err)
{
    struct intake_terms *fresh;
    struct intake_terms *old;

    if (intake_terms_new(terms, &fresh, err))
        return -1;
    pthread_mutex_lock(&server->lock);
    old = server->terms;
    server->terms = fresh;
    pthread_mutex_unlock(&server->lock);
    intake_terms_drop(old);
    return 0;
}

int intake_server_certify(struct intake_server *server,
                          const char *certificate_file, const char *key_file,
                          struct err *err)
{
    return server->certificate
               ? certificate_use(server->certificate, certificate_file,
                                 key_file, err)
               : 0;
}

/* All that was given must come back: the library cannot stop before. Then each
 * client has a while to take its answer. */
static void drain(struct intake_server *server)
{
    int64_t until_ms = clock_monotonic_ms() + WEB_INTAKE_END_MS;
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };

    pthread_mutex_lock(&server->lock);
    server->is_ending = true;
    while (server->n_given)
        pthread_cond_wait(&server->changed, &server->lock);
    while (server->n_unanswered &&
           pthread_cond_clockwait(&server->changed, &server->lock,
                                  CLOCK_MONOTONIC, &until) != ETIMEDOUT)
        ;
    pthread_mutex_unlock(&server->lock);
}

void intake_server_stop(struct intake_server *server)
{
    int listen_fd;

    if (!server)
        return;
    listen_fd = MHD_quiesce_daemon(server->daemon);
    drain(server);
    MHD_stop_daemon(server->daemon);
    if (listen_fd >= 0)
        close(listen_fd);
    connection_list_deinit(&server->connections);
    free_server(server);
}
