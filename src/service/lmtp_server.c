/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/lmtp_server.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake/lmtp.h"
#include "net/listener.h"
#include "net/stream.h"
#include "net/timer.h"
#include "service/limits.h"
#include "service/lmtp_delivery.h"
#include "service/tenant.h"

struct lmtp_server {
    struct loop *loop;
    struct receiver *receiver;
    struct lmtp_options lmtp;
    char host[256];                  /* of its greeting */
    struct settings *settings;       /* held */
    const struct settings_lmtp *row; /* its own, in settings */
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
    struct lmtp_delivery *delivery; /* while the receiver has its mail */
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
    lmtp_delivery_free(session->delivery);
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

static void answer(struct session *session)
{
    for (size_t i = 0; session->lmtp.need == LMTP_DELIVERY; i++) {
        if (session->delivery && lmtp_delivery_is_kept(session->delivery, i))
            lmtp_answer(&session->lmtp, "250 2.0.0", "kept");
        else
            lmtp_answer(&session->lmtp, "451 4.3.0",
                        "cannot be kept now, try again");
    }
    lmtp_delivery_free(session->delivery);
    session->delivery = NULL;
    count_held(session, session->lmtp.message.capacity);
    if (session->server->ended)
        lmtp_end(&session->lmtp, "shutting down");
}

static void delivered(void *context)
{
    struct session *session = context;

    if (!session->stream) {
        free_session(session);
        return;
    }
    answer(session);
    flush(session);
    stream_resume(session->stream);
}

static void deliver(struct session *session)
{
    struct lmtp_server *server = session->server;
    const struct lmtp_delivery_options options = {
        .loop = server->loop,
        .receiver = server->receiver,
        .settings = server->settings,
        .row = server->row,
        .octets = buffer_slice(&session->lmtp.message),
        .recipients = session->lmtp.envelope.recipients,
        .n_recipients = session->lmtp.envelope.n_recipients,
        .done = delivered,
        .context = session,
    };

    if (lmtp_delivery_give(&options, &session->delivery))
        answer(session);
}

/* Tells whether a recipient is taken: where some are named these, and those of
 * tenants. */
static bool takes(void *context, struct slice address)
{
    const struct lmtp_server *server = context;
    const struct settings_names *recipients = &server->row->recipients;
    char text[SERVICE_DESTINATION_BYTES];

    if (recipients->n_items == 0)
        return true;
    snprintf(text, sizeof(text), "%.*s", (int)address.len, address.ptr);
    return tenant_has_recipient(recipients, text) ||
           tenant_find(server->settings, text);
}

/* ---- Input --------------------------------------------------------------- */

static void take_input(void *context, struct slice *octets)
{
    struct session *session = context;
    struct lmtp_server *server = session->server;

    while (!session->delivery && octets->len &&
           session->lmtp.need != LMTP_CLOSE) {
        if (lmtp_feed(&session->lmtp, octets) == LMTP_DELIVERY)
            deliver(session);
        count_held(session, session->lmtp.message.capacity);
    }
    if (server->held_bytes > SERVICE_LMTP_ALL_BYTES && !session->delivery)
        lmtp_end(&session->lmtp, "too many large mails at once");
    flush(session);
}

static void end_input(void *context)
{
    struct session *session = context;

    /* The stream frees itself. */
    session->stream = NULL;
    if (!session->delivery)
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

void lmtp_server_use(struct lmtp_server *server, struct settings *settings,
                     const char *name)
{
    for (size_t i = 0; i < settings->n_lmtp; i++) {
        if (strcmp(settings->lmtp[i].name, name) != 0)
            continue;
        settings_hold(settings);
        settings_drop(server->settings);
        server->settings = settings;
        server->row = &settings->lmtp[i];
        return;
    }
}

const char *lmtp_server_name(const struct lmtp_server *server)
{
    return server->row->name;
}

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
    server->lmtp =
        (struct lmtp_options){ .host = server->host,
                               .max_bytes = SERVICE_LMTP_MAIL_BYTES,
                               .max_recipients = SERVICE_LMTP_RECIPIENTS,
                               .takes = takes,
                               .context = server };
    lmtp_server_use(server, options->settings, options->name);
    if (listener_open(loop, server->row->listen, begin_session, server,
                      &server->listener, err)) {
        settings_drop(server->settings);
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
        if (session->delivery || !session->stream)
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
    settings_drop(server->settings);
    free(server);
}
