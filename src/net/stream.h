/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Stream: a connection as octets in and octets out.
 *
 * Octets are handed on as they come, as long as somebody looks at them: what is
 * left waits, and the peer with it. Sending never blocks; what the peer does not
 * take within the time of its silence ends the stream.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "net/loop.h"

struct stream;

struct stream_handlers {
    /*
     * Octets are there. Takes those it looks at off the front of *octets; the
     * others come again with the next ones, or by stream_resume.
     */
    void (*input)(void *context, struct slice *octets);

    /* The peer closed, was silent too long, or the connection broke: the last
     * call for a stream, which is freed behind it. */
    void (*ended)(void *context);
};

/*
 * Makes a stream of a connected socket, in the loop's thread.
 * fd: taken over, also on failure. handlers: must outlive the stream.
 * silence_s: the longest time without an octet, either way.
 * Returns: 0, -1 with err.
 */
int stream_open(struct loop *loop, int fd,
                const struct stream_handlers *handlers, void *context,
                int silence_s, struct stream **out_stream, struct err *err);

/* Sends octets, which are copied. Out of memory ends the stream, later. */
void stream_send(struct stream *stream, struct slice octets);

/* Looks again at octets that were left. Not from within a handler. */
void stream_resume(struct stream *stream);

/* Ends the stream, by its handler, when all is sent that was given to it; no
 * more input comes. */
void stream_finish(struct stream *stream);

/* Frees the stream at once, without a call of its handlers. NULL is allowed. */
void stream_close(struct stream *stream);
