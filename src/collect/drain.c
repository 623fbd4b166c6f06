/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/drain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "collect/limits.h"
#include "event/limits.h"

enum { STRIDE = EVENT_MAX_BYTES + COLLECT_BUFFER_SKEW };

/* ---- Datagrams ---------------------------------------------------------- */

static void keep_truncated(struct book *book, const char *text, size_t total)
{
    struct book_sample what = { .total = total };

    snprintf(what.reason, sizeof(what.reason), "longer than %d octets",
             EVENT_MAX_BYTES);
    book_keep_sample(book, slice_make(text, COLLECT_SAMPLE_BYTES), &what);
}

/* Whom a datagram that is cut belongs to is not guessed. */
static void take(struct drain *drain, utc_day day,
                 const struct mmsghdr *message,
                 const struct book_datagram *datagram)
{
    struct counters *counters = drain->counters;

    if (message->msg_hdr.msg_flags & MSG_TRUNC) {
        counter_add(&counters->truncated, 1);
        keep_truncated(drain->book, datagram->text, message->msg_len);
        return;
    }
    switch (book_add_next(drain->book, day, datagram)) {
    case BOOK_ODD:
        counter_add(&counters->odd, 1);
        counter_add(&counters->summed, 1);
        break;
    case BOOK_SUMMED: counter_add(&counters->summed, 1); break;
    case BOOK_MALFORMED: counter_add(&counters->malformed, 1); break;
    case BOOK_LOST: counter_add(&counters->lost, 1); break;
    }
}

/* A clock in doubt is not gone by: its day may be taken back. */
static utc_day today(struct drain *drain, int64_t steady_s)
{
    int64_t closed = atomic_load_explicit(&drain->counters->closed_day,
                                          memory_order_relaxed);
    utc_time now =
        day_watch_time(&drain->watch, clock_now(drain->clock), steady_s);

    return day_of_session(now, (utc_day)closed);
}

static void take_all(struct drain *drain, utc_day day, unsigned n)
{
    struct book_datagram datagrams[COLLECT_BATCH];
    uint64_t n_folded = drain->book->n_folded;

    counter_add(&drain->counters->received, n);
    for (unsigned i = 0; i < n; i++) {
        const struct mmsghdr *message = &drain->messages[i];
        const struct iovec *vector = message->msg_hdr.msg_iov;

        datagrams[i].text = vector->iov_base;
        datagrams[i].len = message->msg_len < vector->iov_len ? message->msg_len
                                                              : vector->iov_len;
    }
    book_look_ahead(drain->book, datagrams, n);
    for (unsigned i = 0; i < n; i++)
        take(drain, day, &drain->messages[i], &datagrams[i]);
    n_folded = drain->book->n_folded - n_folded;
    if (n_folded)
        atomic_fetch_add(&drain->counters->folded, n_folded);
}

/* ---- Handing over ------------------------------------------------------- */

/* A book is handed over when it is old enough and holds something; an empty one
 * until the writer has been told what day it is, so that the day before can be
 * closed. */
static bool is_time(const struct drain *drain, utc_day day, int64_t now_ms)
{
    const struct book *book = drain->book;

    if (drain->told_day != day)
        return true;
    if (book->n_datagrams == 0 && book->n_samples == 0)
        return false;
    return now_ms - book->since_ms >= COLLECT_SWAP_MS;
}

static void hand_over(struct drain *drain, utc_day day, int64_t now_ms)
{
    struct book *next;

    if (!is_time(drain, day, now_ms))
        return;
    drain->book->day = day;
    /* Where the writer has the other one still, it is tried again. */
    next = exchange_swap(drain->exchange, drain->book);
    if (!next)
        return;
    drain->told_day = day;
    drain->book = next;
    next->day = day;
    next->since_ms = now_ms;
}

/* ---- The thread --------------------------------------------------------- */

/* Returns: datagrams received, 0 where there are none now. */
static unsigned receive(struct drain *drain, int flags)
{
    int n = recvmmsg(drain->fd, drain->messages, COLLECT_BATCH, flags, NULL);

    if (n >= 0)
        return (unsigned)n;
    if (errno != EAGAIN && errno != EINTR) {
        counter_add(&drain->counters->receive_errors, 1);
        /* Not to spin on what will not pass. */
        poll(NULL, 0, COLLECT_WAIT_MS);
    }
    return 0;
}

/* Where few came, more will have come in a moment: they are taken together, which
 * saves being woken for each. Only where the queue holds them meanwhile. */
static void nap(const struct drain *drain, unsigned n)
{
    const struct timespec moment = { .tv_nsec = COLLECT_NAP_US * 1000 };

    if (n > 0 && n < COLLECT_BATCH &&
        atomic_load_explicit(&drain->counters->queue_length,
                             memory_order_relaxed) >= COLLECT_NAP_QUEUE)
        nanosleep(&moment, NULL);
}

/* Before others, where that is permitted (root, LimitRTPRIO= or Nice= of the
 * unit). It can keep no program from running for long: where nothing is sent any
 * more it sleeps, and the kernel leaves others a part of each second. */
static void take_precedence(void)
{
    const struct sched_param first = { .sched_priority = COLLECT_DRAIN_FIRST };

    if (pthread_setschedparam(pthread_self(), SCHED_RR, &first) == 0)
        return;
    if (getpriority(PRIO_PROCESS, 0) > COLLECT_DRAIN_NICE)
        (void)setpriority(PRIO_PROCESS, 0, COLLECT_DRAIN_NICE);
}

static void *run(void *context)
{
    struct drain *drain = context;
    int64_t begin_us = clock_monotonic_us();
    unsigned n = 0, n_last = 0;

    take_precedence();
    for (;;) {
        bool is_stopping = atomic_load(&drain->is_stopping);
        utc_day day;
        int64_t end_us = clock_monotonic_us();

        counters_note_pause(drain->counters, (uint64_t)(end_us - begin_us));
        if (!is_stopping)
            nap(drain, n);
        n = receive(drain, is_stopping ? MSG_DONTWAIT : MSG_WAITFORONE);
        begin_us = clock_monotonic_us();
        day = today(drain, begin_us / 1000000);
        if (n > 0) {
            counters_note_batch(drain->counters, n);
            take_all(drain, day, n);
        }
        if (is_stopping && (n == 0 || ++n_last == COLLECT_LAST_BATCHES))
            return NULL;
        hand_over(drain, day, begin_us / 1000);
    }
}

/* A socket that was handed to us may be set not to wait. */
static int ready_socket(const struct drain *drain, struct err *err)
{
    const struct timeval wait = { .tv_usec = COLLECT_WAIT_MS * 1000 };
    int flags = fcntl(drain->fd, F_GETFL);

    if (flags < 0 || fcntl(drain->fd, F_SETFL, flags & ~O_NONBLOCK) ||
        setsockopt(drain->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
        return err_system(err, "cannot ready the socket");
    return 0;
}

int drain_start(struct drain *drain, struct err *err)
{
    if (ready_socket(drain, err))
        return -1;
    drain->buffers = malloc((size_t)COLLECT_BATCH * STRIDE);
    if (!drain->buffers)
        return err_memory(err);
    for (size_t i = 0; i < COLLECT_BATCH; i++) {
        drain->vectors[i] =
            (struct iovec){ drain->buffers + i * STRIDE, EVENT_MAX_BYTES };
        drain->messages[i] =
            (struct mmsghdr){ .msg_hdr = { .msg_iov = &drain->vectors[i],
                                           .msg_iovlen = 1 } };
    }
    day_watch_init(&drain->watch, clock_now(drain->clock),
                   clock_monotonic_us() / 1000000,
                   (utc_day)atomic_load(&drain->counters->closed_day));
    drain->told_day = UTC_DAY_NONE;
    atomic_store(&drain->is_stopping, false);
    errno = pthread_create(&drain->thread, NULL, run, drain);
    if (errno == 0)
        return 0;
    free(drain->buffers);
    return err_system(err, "cannot start a thread");
}

void drain_stop(struct drain *drain)
{
    atomic_store(&drain->is_stopping, true);
    pthread_join(drain->thread, NULL);
    free(drain->buffers);
}
