/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/lmtp_server.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "intake/lmtp.h"
#include "net/listener.h"
#include "net/stream.h"
#include "net/timer.h"
#include "service/limits.h"

struct lmtp_server {
    struct loop *loop;
    struct receiver *receiver;
    struct lmtp_options lmtp;
    char host[256];              /* of its greeting */
    struct intake_origin origin; /* of all mails, but for the destination */
    struct listener *listener;
    struct session *sessions;
    unsigned n_sessions;
    size_t held_bytes; /* of all mails being taken */
    struct timer *deadline;
    loop_function *ended;
    void *ended_context;
};

struct session {
    struct lmtp_server *server;
    struct session *next;
    struct session **link; /* where the pointer to this one stands */
    struct stream *stream; /* NULL when the peer is gone */
    struct lmtp lmtp;
    size_t held_bytes;
    bool is_delivering; /* the receiver has its mail */
    struct receiver_delivery delivery;
    struct loop_post post; /* from the receiver's thread back to the loop's */
    bool is_kept;
    char label[160];
    struct intake_origin origin;
    char destination[SERVICE_DESTINATION_BYTES];
};

/* ---- Life ---------------------------------------------------------------- */

static void count_held(struct session *session, size_t bytes)
{
    session->server->held_bytes += bytes - session->held_bytes;
    session->held_bytes = bytes;
}

static void tell_ended(void *context)
{
    struct lmtp_server *server = context;
    loop_function *ended = server->ended;

    server->ended = NULL;
    if (ended)
        ended(server->ended_context);
}

static void free_session(struct session *session)
{
    struct lmtp_server *server = session->server;

    *session->link = session->next;
    if (session->next)
        session->next->link = session->link;
    count_held(session, 0);
    stream_close(session->stream);
    lmtp_deinit(&session->lmtp);
    free(session);
    if (--server->n_sessions == 0)
        tell_ended(server);
}

/* Sends what the session says, and closes where that was the last. */
static void flush(struct session *session)
{
    stream_send(session->stream, buffer_slice(&session->lmtp.replies));
    buffer_reset(&session->lmtp.replies);
    if (session->lmtp.need == LMTP_CLOSE)
        stream_finish(session->stream);
}

/* ---- Delivery ------------------------------------------------------------ */

static void answer(struct session *session, bool is_kept)
{
    while (session->lmtp.need == LMTP_DELIVERY) {
        if (is_kept)
            lmtp_answer(&session->lmtp, "250 2.0.0", "kept");
        else
            lmtp_answer(&session->lmtp, "451 4.3.0",
                        "cannot be kept now, try again");
    }
    count_held(session, session->lmtp.message.capacity);
    if (session->server->ended)
        lmtp_end(&session->lmtp, "shutting down");
}

/* Back in the loop's thread. */
static void delivered(void *context)
{
    struct session *session = context;

    session->is_delivering = false;
    if (!session->stream) {
        free_session(session);
        return;
    }
    answer(session, session->is_kept);
    flush(session);
    stream_resume(session->stream);
}

/* In the receiver's thread. */
static void done(struct receiver_delivery *delivery, bool is_kept)
{
    struct session *session =
        (struct session *)((char *)delivery -
                           offsetof(struct session, delivery));

    session->is_kept = is_kept;
    loop_post(session->server->loop, &session->post);
}

static void deliver(struct session *session)
{
    const char *recipient = session->lmtp.envelope.recipients[0];

    snprintf(session->label, sizeof(session->label), "lmtp:%s", recipient);
    snprintf(session->destination, sizeof(session->destination), "mailto:%s",
             recipient);
    session->origin = session->server->origin;
    session->origin.destination = session->destination;
    session->delivery = (struct receiver_delivery){
        .octets = buffer_slice(&session->lmtp.message),
        .label = session->label,
        .origin = &session->origin,
        .done = done,
    };
    session->post =
        (struct loop_post){ .function = delivered, .context = session };
    session->is_delivering =
        receiver_give(session->server->receiver, &session->delivery) == 0;
    if (!session->is_delivering)
        answer(session, false);
}

/* ---- Input --------------------------------------------------------------- */

static void take_input(void *context, struct slice *octets)
{
    struct session *session = context;
    struct lmtp_server *server = session->server;

    while (!session->is_delivering && octets->len &&
           session->lmtp.need != LMTP_CLOSE) {
        if (lmtp_feed(&session->lmtp, octets) == LMTP_DELIVERY)
            deliver(session);
        count_held(session, session->lmtp.message.capacity);
    }
    if (server->held_bytes > SERVICE_LMTP_ALL_BYTES && !session->is_delivering)
        lmtp_end(&session->lmtp, "too many large mails at once");
    flush(session);
}

static void end_input(void *context)
{
    struct session *session = context;

    /* The stream frees itself. */
    session->stream = NULL;
    if (!session->is_delivering)
        free_session(session);
}

static const struct stream_handlers handlers = { .input = take_input,
                                                 .ended = end_input };

static void begin_session(void *context, int fd)
{
    struct lmtp_server *server = context;
    struct session *session = calloc(1, sizeof(*session));

    if (!session ||
        stream_open(server->loop, fd, &handlers, session,
                    SERVICE_LMTP_SILENCE_S, &session->stream, NULL)) {
        if (!session)
            close(fd);
        free(session);
        return;
    }
    session->server = server;
    session->next = server->sessions;
    session->link = &server->sessions;
    if (session->next)
        session->next->link = &session->next;
    server->sessions = session;
    lmtp_init(&session->lmtp, &server->lmtp);
    if (++server->n_sessions > SERVICE_LMTP_CONNECTIONS) {
        buffer_reset(&session->lmtp.replies);
        lmtp_end(&session->lmtp, "too many connections");
    }
    flush(session);
}

/* ---- Server -------------------------------------------------------------- */

int lmtp_server_open(struct loop *loop, struct receiver *receiver,
                     const struct lmtp_server_options *options,
                     struct lmtp_server **out_server, struct err *err)
{
    struct lmtp_server *server = calloc(1, sizeof(*server));

    if (!server)
        return err_memory(err);
    server->loop = loop;
    server->receiver = receiver;
    snprintf(server->host, sizeof(server->host), "%s", options->host);
    server->origin = (struct intake_origin){ .source = "lmtp",
                                             .tenant = "",
                                             .destination = "",
                                             .way = INTAKE_WAY_MAIL,
                                             .rule = options->rule,
                                             .is_live = true };
    server->lmtp =
        (struct lmtp_options){ .host = server->host,
                               .max_bytes = SERVICE_LMTP_MAIL_BYTES,
                               .max_recipients = SERVICE_LMTP_RECIPIENTS };
    if (listener_open(loop, options->listen, begin_session, server,
                      &server->listener, err)) {
        free(server);
        return -1;
    }
    *out_server = server;
    return 0;
}

const char *lmtp_server_address(const struct lmtp_server *server)
{
    return listener_address(server->listener);
}

void lmtp_server_end(struct lmtp_server *server, loop_function *ended,
                     void *context)
{
    listener_close(server->listener);
    server->listener = NULL;
    server->ended = ended;
    server->ended_context = context;
    for (struct session *session = server->sessions; session;
         session = session->next) {
        if (session->is_delivering || !session->stream)
            continue;
        lmtp_end(&session->lmtp, "shutting down");
        flush(session);
    }
    if (server->n_sessions == 0 ||
        timer_start(server->loop, SERVICE_END_S * 1000, tell_ended, server,
                    &server->deadline, NULL))
        tell_ended(server);
}

void lmtp_server_free(struct lmtp_server *server)
{
    if (!server)
        return;
    server->ended = NULL;
    listener_close(server->listener);
    for (struct session *session = server->sessions, *next; session;
         session = next) {
        next = session->next;
        free_session(session);
    }
    timer_cancel(server->deadline);
    free(server);
}
