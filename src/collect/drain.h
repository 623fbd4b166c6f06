/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Drain: the thread that receives and does nothing that could make it wait.
 *
 * It takes up to 64 datagrams by one system call, adds them to its book, and
 * hands the book over when it is time. No disk, no lock, no log.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/err.h"
#include "collect/book.h"
#include "collect/counters.h"
#include "collect/day.h"
#include "collect/exchange.h"

struct drain {
    int fd; /* bound datagram socket; borrowed */
    const struct clock *clock;
    struct exchange *exchange;
    struct counters *counters;
    struct book *book; /* the one that is being filled */
    atomic_bool is_stopping;
    utc_day told_day; /* that the writer has been told it is */
    struct day_watch watch;
    char *buffers; /* heap */
    struct mmsghdr messages[COLLECT_BATCH];
    struct iovec vectors[COLLECT_BATCH];
    pthread_t thread;
};

/*
 * Starts to receive. Everything in *drain but told_day, watch, buffers, messages,
 * vectors and thread is the caller's to fill; it must outlive the thread.
 * Returns: 0, -1 with err.
 */
int drain_start(struct drain *drain, struct err *err);

/*
 * Stops, when what is in the socket has been taken. The book being filled is left
 * in drain->book.
 */
void drain_stop(struct drain *drain);
