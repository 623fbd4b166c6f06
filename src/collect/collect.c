/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/collect.h"

#include <stdlib.h>

#include "collect/book.h"
#include "collect/drain.h"
#include "collect/exchange.h"
#include "collect/limits.h"

struct collect {
    struct book_rules rules;
    struct book books[2];
    struct counters counters;
    struct exchange exchange;
    struct drain drain;
    struct writer writer;
};

static void init(struct collect *collect, const struct collect_options *options)
{
    collect->rules = (struct book_rules){
        .cleaning = options->cleaning,
        .max_rows = options->max_rows > 0 ? options->max_rows : COLLECT_ROWS,
    };
    for (size_t i = 0; i < 2; i++)
        book_init(&collect->books[i], &collect->rules);
    collect->exchange.wake_fd = -1;
    atomic_init(&collect->counters.queue_length, options->queue_length);
    atomic_init(&collect->counters.started_at, clock_now(options->clock));
    collect->drain.fd = options->fd;
    collect->drain.clock = options->clock;
    collect->drain.exchange = &collect->exchange;
    collect->drain.counters = &collect->counters;
    collect->drain.book = &collect->books[0];
    deposit_init(&collect->writer.deposit, options->url, options->clock,
                 collect->rules.max_rows);
    collect->writer.clock = options->clock;
    collect->writer.exchange = &collect->exchange;
    collect->writer.counters = &collect->counters;
    collect->writer.keep_days = options->keep_days;
    collect->writer.note = options->note;
    collect->writer.context = options->context;
    ring_init(&collect->writer.ring, options->samples);
}

static void release(struct collect *collect)
{
    writer_close(&collect->writer);
    exchange_deinit(&collect->exchange);
    for (size_t i = 0; i < 2; i++)
        book_deinit(&collect->books[i]);
    free(collect);
}

/* Receiving begins last: what comes must find its day. */
static int start(struct collect *collect, struct err *err)
{
    if (exchange_init(&collect->exchange, &collect->books[1]))
        return err_system(err, "cannot make an event descriptor");
    if (writer_open(&collect->writer, err) ||
        writer_start(&collect->writer, err))
        return -1;
    if (drain_start(&collect->drain, err) == 0)
        return 0;
    (void)writer_stop(&collect->writer, &collect->books[0], NULL);
    return -1;
}

int collect_start(const struct collect_options *options,
                  struct collect **out_collect, struct err *err)
{
    struct collect *collect = calloc(1, sizeof(*collect));

    if (!collect)
        return err_memory(err);
    init(collect, options);
    if (start(collect, err)) {
        release(collect);
        return -1;
    }
    *out_collect = collect;
    return 0;
}

int collect_stop(struct collect *collect, struct err *err)
{
    int status;

    if (!collect)
        return 0;
    drain_stop(&collect->drain);
    status = writer_stop(&collect->writer, collect->drain.book, err);
    release(collect);
    return status;
}

const struct counters *collect_counters(const struct collect *collect)
{
    return &collect->counters;
}
