/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/stream.h"

#include <stdlib.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>

#include "net/limits.h"

struct stream {
    struct bufferevent *events;
    const struct stream_handlers *handlers;
    void *context;
    bool is_finishing;
};

static void end(struct stream *stream)
{
    stream->handlers->ended(stream->context);
    stream_close(stream);
}

/* Hands on what was read. The handler may finish the stream, not free it. */
static void hand_on(struct stream *stream)
{
    struct evbuffer *input = bufferevent_get_input(stream->events);
    size_t len = evbuffer_get_length(input);
    struct slice octets;

    if (len == 0 || stream->is_finishing)
        return;
    octets = slice_make(evbuffer_pullup(input, -1), len);
    if (!octets.ptr)
        return;
    stream->handlers->input(stream->context, &octets);
    evbuffer_drain(input, len - octets.len);
}

static void on_read(struct bufferevent *events, void *context)
{
    (void)events;
    hand_on(context);
}

static void on_sent(struct bufferevent *events, void *context)
{
    struct stream *stream = context;

    (void)events;
    if (stream->is_finishing)
        end(stream);
}

static void on_event(struct bufferevent *events, short what, void *context)
{
    (void)events;
    (void)what;
    end(context);
}

int stream_open(struct loop *loop, int fd,
                const struct stream_handlers *handlers, void *context,
                int silence_s, struct stream **out_stream, struct err *err)
{
    const struct timeval silence = { .tv_sec = silence_s };
    struct stream *stream = calloc(1, sizeof(*stream));

    if (stream)
        stream->events =
            bufferevent_socket_new(loop_base(loop), fd, BEV_OPT_CLOSE_ON_FREE);
    if (!stream || !stream->events) {
        close(fd);
        free(stream);
        return err_memory(err);
    }
    stream->handlers = handlers;
    stream->context = context;
    bufferevent_setcb(stream->events, on_read, on_sent, on_event, stream);
    /* Beyond this nothing is read: what is left waits in the socket. */
    bufferevent_setwatermark(stream->events, EV_READ, 0, NET_READ_BYTES);
    bufferevent_set_timeouts(stream->events, &silence, &silence);
    if (bufferevent_enable(stream->events, EV_READ | EV_WRITE)) {
        stream_close(stream);
        return err_memory(err);
    }
    *out_stream = stream;
    return 0;
}

void stream_send(struct stream *stream, struct slice octets)
{
    if (octets.len && bufferevent_write(stream->events, octets.ptr, octets.len))
        stream_finish(stream);
}

void stream_resume(struct stream *stream)
{
    hand_on(stream);
}

void stream_finish(struct stream *stream)
{
    if (stream->is_finishing)
        return;
    stream->is_finishing = true;
    bufferevent_disable(stream->events, EV_READ);
    /* With nothing to send, "all is sent" comes by itself from the loop. */
    bufferevent_trigger(stream->events, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

void stream_close(struct stream *stream)
{
    if (!stream)
        return;
    bufferevent_free(stream->events);
    free(stream);
}
