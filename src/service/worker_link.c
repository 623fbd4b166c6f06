/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/worker_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "intake/limits.h"
#include "service/limits.h"

enum {
    READ_BYTES = 128 * 1024,
    KEEP_BYTES = 4 * 1024 * 1024, /* memory kept from one frame to the next */
    PATIENCE = 10 /* times its limit for a worker that does not compute */
};

void worker_link_init(struct worker_link *link, struct keeper *keeper)
{
    *link = (struct worker_link){ .keeper = keeper, .fd = -1, .cpu_ms = -1 };
    buffer_init(&link->in,
                INTAKE_WIRE_ITEM_BYTES + WIRE_HEAD_BYTES + READ_BYTES);
}

void worker_link_drop(struct worker_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

void worker_link_deinit(struct worker_link *link)
{
    worker_link_drop(link);
    buffer_deinit(&link->in);
}

/* ---- Octets -------------------------------------------------------------- */

/* Failures are heard when receiving, after what the worker still said. */
void worker_link_send(struct worker_link *link,
                      const struct worker_link_source *source)
{
    for (;;) {
        struct slice parts[WORKER_LINK_PARTS];
        struct iovec vectors[WORKER_LINK_PARTS];
        struct msghdr message = { .msg_iov = vectors };
        ssize_t n;

        source->peek(source->context, parts, &message.msg_iovlen);
        if (message.msg_iovlen == 0)
            return;
        for (size_t i = 0; i < message.msg_iovlen; i++)
            vectors[i] = (struct iovec){ .iov_base = (void *)parts[i].ptr,
                                         .iov_len = parts[i].len };
        n = sendmsg(link->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n <= 0)
            return;
        source->sent(source->context, (size_t)n);
    }
}

/* Returns: 1 where octets came, 0 where the worker is gone, -1 where none are
   there yet or memory is out (then `in` has failed). */
static int receive(struct worker_link *link, size_t wanted)
{
    struct buffer *in = &link->in;
    size_t bytes = wanted > READ_BYTES ? wanted : READ_BYTES;
    char *at;
    ssize_t n;

    if (link->in_used == in->len && in->capacity > KEEP_BYTES)
        buffer_deinit(in);
    else if (link->in_used)
        memmove(in->ptr, in->ptr + link->in_used, in->len - link->in_used);
    in->len = in->len > link->in_used ? in->len - link->in_used : 0;
    link->in_used = 0;
    at = buffer_reserve(in, bytes);
    if (!at)
        return -1;
    n = recv(link->fd, at, bytes, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return -1;
    if (n <= 0)
        return 0;
    in->len += (size_t)n;
    return 1;
}

/* ---- Time ---------------------------------------------------------------- */

/*
 * Tells whether the worker has had its time: half of it is waited for, then it
 * is the worker's own clock that counts, since the machine may be busy with
 * something else.
 */
static bool is_late(struct worker_link *link, int64_t limit_ms)
{
    int64_t half_ms = limit_ms / 2, now_ms;

    if (link->waited_ms < half_ms)
        return false;
    if (link->waited_ms >= PATIENCE * limit_ms)
        return true;
    now_ms = clock_process_ms(link->pid);
    if (link->cpu_ms < 0)
        link->cpu_ms = now_ms;
    return now_ms >= 0 && now_ms - link->cpu_ms >= half_ms;
}

/* Waits until something can be done, for a part of the limit at most. */
static void wait_some(struct worker_link *link,
                      const struct worker_link_source *source, int64_t limit_ms)
{
    struct pollfd fd = { .fd = link->fd, .events = POLLIN };
    struct slice parts[WORKER_LINK_PARTS];
    int64_t begin_ms = clock_monotonic_ms();
    size_t n = 0;

    source->peek(source->context, parts, &n);
    if (n)
        fd.events |= POLLOUT;
    (void)poll(&fd, 1, (int)(limit_ms / 8) + 1);
    link->waited_ms += clock_monotonic_ms() - begin_ms;
}

/* ---- Frames -------------------------------------------------------------- */

int worker_link_next(struct worker_link *link,
                     const struct worker_link_source *source, int64_t limit_ms,
                     enum worker_link_event *out_event,
                     struct wire_frame *out_frame, struct err *err)
{
    for (;;) {
        struct slice rest = slice_skip(buffer_slice(&link->in), link->in_used);
        int rc = wire_find(rest, out_frame);

        *out_event = rc < 0 ? WORKER_LINK_BAD : WORKER_LINK_FRAME;
        if (rc <= 0) {
            link->in_used += rc ? 0 : out_frame->bytes;
            return 0;
        }
        worker_link_send(link, source);
        rc = receive(link, out_frame->bytes ? out_frame->bytes - rest.len : 0);
        if (link->in.failed)
            return err_memory(err);
        *out_event = rc == 0 ? WORKER_LINK_GONE : WORKER_LINK_LATE;
        if (rc == 0 || (rc < 0 && is_late(link, limit_ms)))
            return 0;
        if (rc < 0 && link->is_cancelled && atomic_load(link->is_cancelled))
            return err_set(err, ERR_SYSTEM, "the reading was given up");
        if (rc < 0)
            wait_some(link, source, limit_ms);
    }
}

/* ---- Worker -------------------------------------------------------------- */

static void peek_nothing(void *context, struct slice *out_parts, size_t *out_n)
{
    (void)context;
    (void)out_parts;
    *out_n = 0;
}

static int hear_hello(struct worker_link *link, struct err *err)
{
    static const struct worker_link_source nothing = { .peek = peek_nothing };
    enum worker_link_event event;
    struct wire_frame frame;
    const char *text = NULL;

    if (worker_link_next(link, &nothing, SERVICE_READER_START_MS, &event,
                         &frame, err))
        return -1;
    if (event == WORKER_LINK_FRAME && frame.kind == WIRE_HELLO)
        text = wire_read_hello(frame.payload);
    if (!text)
        return err_set(err, ERR_SYSTEM,
                       "the reader does not start, or cannot be confined");
    snprintf(link->text, sizeof(link->text), "%s", text);
    return 0;
}

int worker_link_restart(struct worker_link *link, struct err *err)
{
    struct keeper_worker worker;

    worker_link_drop(link);
    buffer_reset(&link->in);
    link->in_used = 0;
    link->waited_ms = 0;
    link->cpu_ms = -1;
    if (keeper_next(link->keeper, &worker, err))
        return -1;
    link->fd = worker.fd;
    link->pid = worker.pid;
    link->last_status = worker.last_status;
    if (hear_hello(link, err) == 0)
        return 0;
    worker_link_drop(link);
    return -1;
}
