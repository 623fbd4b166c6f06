/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "web/forwarded.h"
#include "web/intake_handle.h"
#include "web/intake_request.h"
#include "web/limits.h"
#include "web/problem.h"

enum stage {
    STAGE_HEADER, /* the header was not seen yet */
    STAGE_BODY,   /* its body comes */
    STAGE_GIVEN,  /* its connection rests */
    STAGE_DONE    /* what became of it is known */
};

/* One request, from its first line until its answer is sent. */
struct exchange {
    struct intake_server *server;
    struct intake_visitor *visitor;
    struct intake_terms *terms; /* held; NULL until its header is whole */
    struct MHD_Connection *connection;
    enum stage stage;
    struct intake_verdict verdict;
    unsigned retry_s; /* of a refusal */
    struct peer client;
    bool is_proxy;   /* who sent it speaks for others */
    bool is_counted; /* by the throttle */
    struct buffer body;
    size_t held_bytes;    /* of the body, counted in the server's */
    uint64_t n_read;      /* octets of the body, kept or not */
    int64_t body_ms;      /* when it began */
    int64_t deadline_ms;  /* when it must be whole */
    struct buffer answer; /* a problem document */
    struct intake_server_post post;
    enum intake_server_fate fate;
    char target[]; /* as it was sent */
};

/* The header fields of one request, while they are looked through. */
struct fields {
    struct intake_request request;
    const char *end; /* of the last text that was met, where it was received */
    bool is_proxy;
    struct buffer forwarded;
    struct buffer x_forwarded_for;
};

/* ---- Beginning ----------------------------------------------------------- */

static struct intake_visitor *visitor_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

void *intake_exchange_begin(void *context, const char *target,
                            struct MHD_Connection *connection)
{
    const size_t bytes = strlen(target) + 1;
    struct exchange *exchange = calloc(1, sizeof(*exchange) + bytes);

    if (!exchange)
        return NULL;
    exchange->server = context;
    exchange->connection = connection;
    exchange->visitor = visitor_of(connection);
    memcpy(exchange->target, target, bytes);
    buffer_init(&exchange->body, WEB_INTAKE_BODY_BYTES);
    if (exchange->visitor)
        return exchange;
    free(exchange);
    return NULL;
}

static void set_deadline(struct exchange *exchange, int64_t deadline_ms)
{
    connection_extend(&exchange->server->connections,
                      exchange->visitor->watched, deadline_ms);
}

static void refuse(struct exchange *exchange, unsigned status,
                   const char *detail, unsigned retry_s)
{
    exchange->verdict.status = status;
    exchange->verdict.detail = detail;
    exchange->retry_s = retry_s;
}

static void refuse_busy(struct exchange *exchange)
{
    refuse(exchange, 503, "too much is being received; come again",
           WEB_INTAKE_RETRY_S);
}

static void join(struct buffer *list, const char *value)
{
    if (list->len)
        buffer_add_text(list, ", ");
    buffer_add_text(list, value);
}

/*
 * Before 1.0 the library takes a line that begins with a colon for the blank one
 * behind the header, and what follows for the body; and to it a NUL ends a text.
 * It hides both, but not where in the header its texts stand: each must begin
 * behind one line end where the last one ended. Folded fields stand elsewhere.
 */
static bool is_next(const char *end, const char *name)
{
    return MHD_VERSION >= 0x01000000 || name == end + strlen("\n") ||
           name == end + strlen("\r\n");
}

static enum MHD_Result look_at(void *context, enum MHD_ValueKind kind,
                               const char *name, size_t name_bytes,
                               const char *value, size_t value_bytes)
{
    struct fields *fields = context;

    (void)kind;
    intake_request_field(&fields->request, name, value);
    if (!is_next(fields->end, name))
        fields->request.odd = name;
    fields->end = value ? value + value_bytes : name + name_bytes;
    if (!fields->is_proxy || !value)
        return MHD_YES;
    if (slice_equal_fold(slice_of(name), SLICE("Forwarded")))
        join(&fields->forwarded, value);
    else if (slice_equal_fold(slice_of(name), SLICE("X-Forwarded-For")))
        join(&fields->x_forwarded_for, value);
    return MHD_YES;
}

static bool is_last(const struct exchange *exchange, const char *method,
                    const char *end)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const char *after = info ? method + info->header_size : NULL;

    return !info || MHD_VERSION >= 0x01000000 ||
           (end < after && after <= end + strlen("\r\n\r\n"));
}

/* Too many proxies are as none that is known. */
static struct peer client_behind(const struct exchange *exchange,
                                 const struct fields *fields)
{
    const struct intake_server_terms *terms =
        intake_terms_read(exchange->terms);
    const struct forwarded forwarded = {
        .forwarded = buffer_slice(&fields->forwarded),
        .x_forwarded_for = buffer_slice(&fields->x_forwarded_for),
    };
    const struct peer unknown = { { 0 } };

    if (fields->forwarded.failed || fields->x_forwarded_for.failed)
        return unknown;
    return forwarded_client(&forwarded, terms->proxies, terms->n_proxies,
                            &exchange->visitor->peer);
}

/* This machine and a proxy that names nobody are not counted. */
static void throttle_client(struct exchange *exchange)
{
    const struct intake_visitor *visitor = exchange->visitor;
    unsigned after_s;

    if (peer_is_loopback(&exchange->client) ||
        (exchange->is_proxy &&
         memcmp(&exchange->client, &visitor->peer, sizeof(visitor->peer)) == 0))
        return;
    after_s = throttle_begin(exchange->server->throttle, &exchange->client,
                             clock_monotonic_ms());
    exchange->is_counted = after_s == 0;
    if (after_s)
        refuse(exchange, 429, "too many requests from one address; come again",
               after_s);
}

static void judge(struct exchange *exchange, const char *method,
                  const char *version, bool *out_is_expecting)
{
    const struct intake_server_terms *terms =
        intake_terms_read(exchange->terms);
    struct fields fields = { .request = { .method = method,
                                          .version = version,
                                          .target = exchange->target },
                             .end = version + strlen(version),
                             .is_proxy = exchange->is_proxy };

    buffer_init(&fields.forwarded, WEB_INTAKE_FORWARDED_BYTES);
    buffer_init(&fields.x_forwarded_for, WEB_INTAKE_FORWARDED_BYTES);
    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, look_at,
                                &fields);
    if (!is_last(exchange, method, fields.end))
        fields.request.odd = "";
    intake_request_judge(&fields.request, terms->paths, terms->n_paths,
                         WEB_INTAKE_BODY_BYTES, &exchange->verdict);
    exchange->client = client_behind(exchange, &fields);
    *out_is_expecting = fields.request.expect != NULL;
    buffer_deinit(&fields.forwarded);
    buffer_deinit(&fields.x_forwarded_for);
}

/* ---- Answering ----------------------------------------------------------- */

static void add_header(struct MHD_Response *response, const char *name,
                       const char *value)
{
    MHD_add_response_header(response, name, value);
}

static void add_headers(const struct exchange *exchange, unsigned status,
                        struct MHD_Response *response)
{
    char seconds[16];

    add_header(response, "Content-Type", problem_media_type);
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Content-Type-Options", "nosniff");
    if (status == 405)
        add_header(response, "Allow", "POST");
    if (status == 415)
        add_header(response, "Accept-Encoding", "gzip");
    if (exchange->retry_s) {
        snprintf(seconds, sizeof(seconds), "%u", exchange->retry_s);
        add_header(response, "Retry-After", seconds);
    }
    if (exchange->verdict.is_closing)
        add_header(response, "Connection", "close");
}

static enum MHD_Result answer_problem(struct exchange *exchange,
                                      unsigned status)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        exchange->answer.len, exchange->answer.ptr, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    add_headers(exchange, status, response);
    result = MHD_queue_response(exchange->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_refusal(struct exchange *exchange)
{
    buffer_init(&exchange->answer, 2048);
    problem_write(&exchange->answer, exchange->verdict.status,
                  exchange->verdict.detail);
    return answer_problem(exchange, exchange->verdict.status);
}

static enum MHD_Result answer_result(struct exchange *exchange)
{
    static const unsigned statuses[] = { [INTAKE_SERVER_NEW] = 201,
                                         [INTAKE_SERVER_AGAIN] = 200,
                                         [INTAKE_SERVER_POSTPONED] = 202,
                                         [INTAKE_SERVER_UNREAD] = 422,
                                         [INTAKE_SERVER_LATER] = 503 };
    const unsigned status = statuses[exchange->fate];

    set_deadline(exchange, clock_monotonic_ms() + WEB_INTAKE_ANSWER_MS);
    if (exchange->fate == INTAKE_SERVER_NEW ||
        exchange->fate == INTAKE_SERVER_AGAIN)
        return MHD_queue_response(exchange->connection, status,
                                  exchange->server->empty);
    if (exchange->fate == INTAKE_SERVER_POSTPONED)
        return MHD_queue_response(exchange->connection, status,
                                  exchange->server->postponed);
    if (exchange->fate == INTAKE_SERVER_UNREAD)
        return answer_problem(exchange, status);
    refuse(exchange, status, "it cannot be kept now; come again",
           WEB_INTAKE_RETRY_S);
    return answer_refusal(exchange);
}

/* ---- The body ------------------------------------------------------------ */

static void drop_body(struct exchange *exchange)
{
    buffer_deinit(&exchange->body);
    atomic_fetch_sub(&exchange->server->held_bytes, exchange->held_bytes);
    exchange->held_bytes = 0;
}

/* Counts the memory of the body. Returns: whether there is enough. */
static bool hold(struct exchange *exchange)
{
    const size_t bytes = exchange->body.capacity;
    const size_t all = atomic_fetch_add(&exchange->server->held_bytes,
                                        bytes - exchange->held_bytes) +
                       bytes - exchange->held_bytes;

    exchange->held_bytes = bytes;
    return all <= (bytes > WEB_INTAKE_SMALL_BODY_BYTES ? WEB_INTAKE_LARGE_BYTES
                                                       : WEB_INTAKE_ALL_BYTES);
}

static void keep(struct exchange *exchange, const char *octets, size_t bytes)
{
    buffer_add(&exchange->body, octets, bytes);
    if (exchange->n_read > WEB_INTAKE_BODY_BYTES)
        refuse(exchange, 413, "the body is larger than any report", 0);
    else if (exchange->body.failed || !hold(exchange))
        refuse_busy(exchange);
    if (exchange->verdict.status)
        drop_body(exchange);
}

/* The deadline moves with what came, never by time alone. */
static void extend(struct exchange *exchange)
{
    const int64_t deadline_ms =
        exchange->body_ms + WEB_INTAKE_BODY_MS +
        (int64_t)(exchange->n_read / 1024) * WEB_INTAKE_BODY_MS_PER_KIB;

    if (deadline_ms < exchange->deadline_ms + 100)
        return;
    exchange->deadline_ms = deadline_ms;
    set_deadline(exchange, deadline_ms);
}

/* No answer can be given in the middle of a body: it is read, and dropped. */
static enum MHD_Result receive(struct exchange *exchange, const char *octets,
                               size_t bytes)
{
    exchange->n_read += bytes;
    if (exchange->n_read > 2 * (uint64_t)WEB_INTAKE_BODY_BYTES)
        return MHD_NO;
    if (!exchange->verdict.status)
        keep(exchange, octets, bytes);
    extend(exchange);
    return MHD_YES;
}

/* Makes room for a body of a length that is not believed before it came. */
static void prepare_body(struct exchange *exchange)
{
    const uint64_t length = exchange->verdict.length;

    if (length <= WEB_INTAKE_SMALL_BODY_BYTES)
        buffer_reserve(&exchange->body, (size_t)length);
}

/* Takes the terms that hold now; it goes by them to its end. */
static void take_terms(struct exchange *exchange)
{
    const struct intake_server_terms *terms;

    exchange->terms = intake_server_hold_terms(exchange->server);
    terms = intake_terms_read(exchange->terms);
    exchange->is_proxy = peer_network_holds(terms->proxies, terms->n_proxies,
                                            &exchange->visitor->peer);
}

static enum MHD_Result begin(struct exchange *exchange, const char *method,
                             const char *version)
{
    const uint64_t *length = &exchange->verdict.length;
    bool is_expecting;

    exchange->stage = STAGE_BODY;
    take_terms(exchange);
    judge(exchange, method, version, &is_expecting);
    throttle_client(exchange);
    exchange->body_ms = clock_monotonic_ms();
    extend(exchange);
    if (!exchange->verdict.status) {
        prepare_body(exchange);
        return MHD_YES;
    }
    if (!exchange->verdict.is_closing && !is_expecting &&
        *length <= WEB_INTAKE_REFUSED_BYTES)
        return MHD_YES;
    /* Unread, it leaves the connection of no use. */
    exchange->verdict.is_closing = true;
    return answer_refusal(exchange);
}

/* ---- Giving -------------------------------------------------------------- */

static bool note_given(struct intake_server *server)
{
    bool is_ending;

    pthread_mutex_lock(&server->lock);
    is_ending = server->is_ending;
    if (!is_ending) {
        server->n_given++;
        server->n_unanswered++;
    }
    pthread_mutex_unlock(&server->lock);
    return !is_ending;
}

static enum MHD_Result give(struct exchange *exchange)
{
    struct intake_server *server = exchange->server;

    if (!note_given(server)) {
        exchange->verdict.is_closing = true;
        refuse(exchange, 503, "the server ends; come again",
               WEB_INTAKE_RETRY_S);
        return answer_refusal(exchange);
    }
    exchange->stage = STAGE_GIVEN;
    exchange->post.body = buffer_slice(&exchange->body);
    exchange->post.path = exchange->verdict.path;
    peer_format(&exchange->client, exchange->post.client);
    set_deadline(exchange, INT64_MAX);
    /* Before it is given: it may be answered at once, by another thread. */
    MHD_suspend_connection(exchange->connection);
    if (server->options.give(intake_terms_read(exchange->terms)->context,
                             &exchange->post)) {
        const struct intake_server_result later = { .fate =
                                                        INTAKE_SERVER_LATER };

        intake_server_answer(&exchange->post, &later);
    }
    return MHD_YES;
}

static void write_finding(struct exchange *exchange,
                          const struct intake_server_result *result)
{
    const struct problem_finding finding = { .code = result->code,
                                             .where = result->where,
                                             .rfc = result->rfc };

    buffer_init(&exchange->answer, 16 * 1024);
    problem_write_finding(&exchange->answer, 422, result->detail, &finding);
}

void intake_server_answer(struct intake_server_post *post,
                          const struct intake_server_result *result)
{
    struct exchange *exchange =
        (struct exchange *)((char *)post - offsetof(struct exchange, post));
    struct intake_server *server = exchange->server;

    exchange->fate = result->fate;
    if (result->fate == INTAKE_SERVER_UNREAD)
        write_finding(exchange, result);
    exchange->stage = STAGE_DONE;
    MHD_resume_connection(exchange->connection); /* gives it away */
    pthread_mutex_lock(&server->lock);
    if (--server->n_given == 0)
        pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

/* ---- The whole ----------------------------------------------------------- */

static enum MHD_Result finish(struct exchange *exchange)
{
    if (exchange->stage == STAGE_DONE)
        return answer_result(exchange);
    if (exchange->verdict.status)
        return answer_refusal(exchange);
    if (exchange->body.len == 0) {
        refuse(exchange, 400, "the body is empty", 0);
        return answer_refusal(exchange);
    }
    return give(exchange);
}

enum MHD_Result intake_exchange_handle(void *context,
                                       struct MHD_Connection *connection,
                                       const char *url, const char *method,
                                       const char *version, const char *upload,
                                       size_t *upload_bytes, void **slot)
{
    struct exchange *exchange = *slot;
    const size_t bytes = *upload_bytes;

    (void)context;
    (void)connection;
    (void)url;
    if (!exchange)
        return MHD_NO;
    if (exchange->stage == STAGE_HEADER)
        return begin(exchange, method, version);
    if (bytes) {
        *upload_bytes = 0;
        return receive(exchange, upload, bytes);
    }
    return finish(exchange);
}

static void note_answered(struct intake_server *server)
{
    pthread_mutex_lock(&server->lock);
    if (--server->n_unanswered == 0)
        pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

void intake_exchange_end(void *context, struct MHD_Connection *connection,
                         void **slot, enum MHD_RequestTerminationCode code)
{
    struct intake_server *server = context;
    struct exchange *exchange = *slot;

    (void)connection;
    (void)code;
    if (!exchange)
        return;
    set_deadline(exchange,
                 clock_monotonic_ms() + intake_server_header_ms(server));
    if (exchange->is_counted)
        throttle_end(server->throttle, &exchange->client);
    if (exchange->stage == STAGE_DONE)
        note_answered(server);
    drop_body(exchange);
    intake_terms_drop(exchange->terms);
    buffer_deinit(&exchange->answer);
    free(exchange);
    *slot = NULL;
}
