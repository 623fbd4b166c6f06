/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/server.h"

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/connection.h"
#include "web/header.h"
#include "web/limits.h"
#include "web/problem.h"

struct server {
    const struct site *site;
    struct connection_list connections;
    struct MHD_Daemon *daemon;
    atomic_size_t sending_bytes; /* bodies held until they are sent */
};

/* One request, from its first line until its answer is sent. */
struct exchange {
    char *target;
    bool has_begun; /* the header fields were seen */
};

/* A body on its way. */
struct sending {
    struct server *server;
    struct buffer body;
};

static enum MHD_Result count_host(void *context, enum MHD_ValueKind kind,
                                  const char *name, const char *value)
{
    struct site_request *request = context;
    (void)kind;
    if (slice_equal_fold(slice_of(name), SLICE("Host"))) {
        request->host = value;
        request->n_hosts++;
    }
    return MHD_YES;
}

static const char *field(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Both framings at once, or any content, have no place in a GET. */
static bool has_body(struct MHD_Connection *connection)
{
    const char *length = field(connection, "Content-Length");
    return field(connection, "Transfer-Encoding") ||
           (length && strcmp(length, "0") != 0);
}

static void read_request(struct MHD_Connection *connection, const char *method,
                         const struct exchange *exchange,
                         struct site_request *request)
{
    *request = (struct site_request){
        .method = method,
        .target = slice_of(exchange->target),
        .has_body = has_body(connection),
        .if_none_match = field(connection, "If-None-Match"),
        .accept_encoding = field(connection, "Accept-Encoding"),
    };
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_host, request);
}

static void free_sending(void *context)
{
    struct sending *sending = context;
    atomic_fetch_sub(&sending->server->sending_bytes, sending->body.len);
    buffer_deinit(&sending->body);
    free(sending);
}

/* Hands the body over to the library, which calls back when it is sent. */
static struct MHD_Response *sending_response(struct server *server,
                                             struct site_answer *answer)
{
    struct sending *sending = malloc(sizeof *sending);
    if (!sending) {
        buffer_deinit(&answer->body);
        return NULL;
    }
    *sending = (struct sending){ server, answer->body };
    atomic_fetch_add(&server->sending_bytes, sending->body.len);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(
            sending->body.len, sending->body.ptr, free_sending, sending);
    if (!response)
        free_sending(sending);
    return response;
}

static struct MHD_Response *make_response(struct server *server,
                                          struct site_answer *answer)
{
    if (answer->body.len > 0)
        return sending_response(server, answer);
    buffer_deinit(&answer->body);
    /* The library does not write to it, but is older than const. */
    return MHD_create_response_from_buffer(
        answer->constant.len, (void *)(uintptr_t)answer->constant.ptr,
        MHD_RESPMEM_PERSISTENT);
}

static void add_header(struct MHD_Response *response, const char *name,
                       const char *value)
{
    if (value && value[0] != '\0')
        MHD_add_response_header(response, name, value);
}

static void add_headers(struct MHD_Response *response,
                        const struct site_answer *answer)
{
    size_t n;
    const struct header *common = header_common(&n);
    for (size_t i = 0; i < n; i++)
        add_header(response, common[i].name, common[i].value);
    add_header(response, "Cache-Control", header_cache(answer->is_lasting));
    add_header(response, "Content-Type", answer->media_type);
    add_header(response, "ETag", answer->etag);
    add_header(response, "Allow", answer->allow);
    if (answer->is_gzip)
        add_header(response, "Content-Encoding", "gzip");
    if (answer->is_closing)
        add_header(response, "Connection", "close");
    if (answer->status == 503)
        add_header(response, "Retry-After", "5");
    if (answer->file_name[0] != '\0') {
        char disposition[96];
        snprintf(disposition, sizeof disposition, "attachment; filename=\"%s\"",
                 answer->file_name);
        add_header(response, "Content-Disposition", disposition);
    }
}

/* What is said instead of an answer while too many large ones are sent. */
static void answer_busy(struct site_answer *answer)
{
    *answer =
        (struct site_answer){ .status = 503, .media_type = problem_media_type };
    buffer_init(&answer->body, WEB_BODY_BYTES);
    problem_write(&answer->body, 503,
                  "too many large answers are being sent; try again");
}

static enum MHD_Result answer_request(struct server *server,
                                      struct MHD_Connection *connection,
                                      const struct site_request *request)
{
    struct site_answer made;
    if (atomic_load(&server->sending_bytes) > WEB_SENDING_BYTES)
        answer_busy(&made);
    else
        site_answer(server->site, request, &made);
    unsigned status = made.status;
    struct MHD_Response *response = make_response(server, &made);
    if (!response)
        return MHD_NO;
    add_headers(response, &made);
    enum MHD_Result r = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return r;
}

static struct connection *connection_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set_deadline(struct server *server,
                         struct MHD_Connection *connection, int64_t after_ms)
{
    connection_extend(&server->connections, connection_of(connection),
                      clock_monotonic_ms() + after_ms);
}

/* Called with the header fields, then again when the request is whole. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload,
                              size_t *upload_bytes, void **slot)
{
    struct server *server = context;
    struct exchange *exchange = *slot;
    struct site_request request;
    (void)url;
    (void)version;
    (void)upload;
    if (!exchange)
        return MHD_NO;
    read_request(connection, method, exchange, &request);
    /* Content is refused unread, so the first call must answer it. */
    if (!exchange->has_begun && !request.has_body) {
        exchange->has_begun = true;
        return MHD_YES;
    }
    *upload_bytes = 0;
    set_deadline(server, connection, WEB_ANSWER_MS);
    return answer_request(server, connection, &request);
}

/* Keeps the target as it was sent: the library would cut it at %00. */
static void *begin_exchange(void *context, const char *target,
                            struct MHD_Connection *connection)
{
    (void)context;
    (void)connection;
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    exchange->target = strdup(target);
    if (exchange->target)
        return exchange;
    free(exchange);
    return NULL;
}

static void end_exchange(void *context, struct MHD_Connection *connection,
                         void **slot, enum MHD_RequestTerminationCode code)
{
    struct server *server = context;
    struct exchange *exchange = *slot;
    (void)code;
    if (exchange)
        free(exchange->target);
    free(exchange);
    *slot = NULL;
    set_deadline(server, connection, WEB_REQUEST_MS);
}

static void note_connection(void *context, struct MHD_Connection *connection,
                            void **slot,
                            enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        connection_remove(&server->connections, *slot);
        *slot = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info)
        *slot = connection_add(&server->connections, info->connect_fd,
                               clock_monotonic_ms() + WEB_REQUEST_MS);
}

/* The library's own complaints are about clients; none is worth a line. */
static void ignore_log(void *context, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
}

static struct MHD_Daemon *start_daemon(struct server *server, int listen_fd)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, ignore_log,
        NULL, MHD_OPTION_LISTEN_SOCKET, listen_fd, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)WEB_THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)WEB_MAX_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)WEB_MAX_CONNECTIONS_PER_IP, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)WEB_IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)WEB_CONNECTION_BYTES, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, server,
        MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server,
        MHD_OPTION_NOTIFY_CONNECTION, note_connection, server, MHD_OPTION_END);
}

int server_start(const struct site *site, int listen_fd,
                 struct server **out_server, struct err *err)
{
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        close(listen_fd);
        return err_memory(err);
    }
    server->site = site;
    if (connection_list_init(&server->connections, err) < 0) {
        close(listen_fd);
        free(server);
        return -1;
    }
    server->daemon = start_daemon(server, listen_fd);
    if (!server->daemon) {
        close(listen_fd);
        connection_list_deinit(&server->connections);
        free(server);
        return err_set(err, ERR_SYSTEM, "the HTTP server could not be started");
    }
    *out_server = server;
    return 0;
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    int listen_fd = MHD_quiesce_daemon(server->daemon);
    MHD_stop_daemon(server->daemon);
    if (listen_fd >= 0)
        close(listen_fd);
    connection_list_deinit(&server->connections);
    free(server);
}
