/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/writer.h"

#include <errno.h>

#include "event/limits.h"

enum { SAMPLE_NOTE_MS = 60000, FOLD_BYTES = 4096 };

static void tell(struct writer *writer, enum writer_note note, const char *text)
{
    if (writer->note)
        writer->note(writer->context, note, text);
}

/* ---- Sums --------------------------------------------------------------- */

/* Adds a sum to its day, or where that is closed to the first that is not. */
static int add_row(struct writer *writer, struct tally_row *row,
                   int64_t max_rows, struct err *err)
{
    int status = tally_add(writer->tally, row, max_rows, err);
    utc_day closed;

    if (status != TALLY_CLOSED)
        return status;
    if (tally_closed_day(writer->tally, &closed, err))
        return -1;
    row->day = closed + 1;
    writer->batch.late++;
    return tally_add(writer->tally, row, max_rows, err);
}

/* Adds a sum as finely as there is room for it. */
static int add_sum(void *context, const struct book_sum *sum, struct err *err)
{
    struct writer *writer = context;
    int status = TALLY_FULL;

    for (int level = FOLD_NONE; level < FOLD_COUNT && status == TALLY_FULL;
         level++) {
        struct fold_key key;
        struct tally_row row = { .day = sum->day,
                                 .sessions = sum->sessions,
                                 .failures = sum->failures };

        if (fold_key_at(&sum->key, (enum fold_level)level, &writer->fold_text,
                        &key))
            return err_memory(err);
        row.domain = key.domain;
        row.record = key.record;
        row.policy = key.policy;
        row.detail = key.detail;
        status =
            add_row(writer, &row,
                    fold_limit((enum fold_level)level, writer->max_rows), err);
        writer->batch.folded += level > FOLD_NONE && status == 0;
    }
    writer->batch.rows += status == 0;
    return status < 0 ? -1 : 0;
}

/* ---- Days --------------------------------------------------------------- */

/* The day to close now; UTC_DAY_NONE for none. */
static utc_day day_to_close(struct writer *writer)
{
    utc_day day = writer->day == UTC_DAY_NONE ? UTC_DAY_NONE : writer->day - 1;
    bool is_trusted = day_watch_trusts(&writer->watch, clock_now(writer->clock),
                                       clock_monotonic_ms() / 1000);
    char text[UTC_DAY_BYTES];

    if (day == UTC_DAY_NONE ||
        day <= atomic_load(&writer->counters->closed_day))
        return UTC_DAY_NONE;
    if (is_trusted)
        return day;
    if (writer->doubted_day != day)
        tell(writer, WRITER_DOUBTS, utc_day_format(day, text));
    writer->doubted_day = day;
    return UTC_DAY_NONE;
}

static void note_closed(struct writer *writer, utc_day day)
{
    char text[UTC_DAY_BYTES];

    atomic_store(&writer->counters->closed_day, day);
    tell(writer, WRITER_CLOSED, utc_day_format(day, text));
}

/* ---- Committing --------------------------------------------------------- */

static int open_tally(struct writer *writer, struct err *err)
{
    if (writer->tally)
        return 0;
    return tally_open(writer->url, STORE_WRITE, writer->clock, &writer->tally,
                      err);
}

static int commit(struct writer *writer, const struct book *book,
                  utc_day closing, struct err *err)
{
    writer->batch = (struct writer_batch){ 0 };
    if (open_tally(writer, err) || tally_begin(writer->tally, err))
        return -1;
    if ((book && book_each(book, add_sum, writer, err)) ||
        (closing != UTC_DAY_NONE &&
         tally_close_day(writer->tally, closing, err))) {
        tally_abandon(writer->tally);
        return -1;
    }
    return tally_commit(writer->tally, err);
}

static void note_failure(struct writer *writer, const struct err *err)
{
    counter_add(&writer->counters->commit_failures, 1);
    /* Opened anew: a file that was moved or mended is found again. */
    tally_close(writer->tally);
    writer->tally = NULL;
    if (!writer->is_failing)
        tell(writer, WRITER_FAILING, err->text);
    writer->is_failing = true;
}

static void note_success(struct writer *writer, int64_t begin_us)
{
    uint64_t us = (uint64_t)(clock_monotonic_us() - begin_us);

    counter_add(&writer->counters->commits, 1);
    counter_add(&writer->counters->commit_us, us);
    counter_raise(&writer->counters->commit_max_us, us);
    counter_add(&writer->counters->rows, writer->batch.rows);
    counter_add(&writer->counters->late, writer->batch.late);
    atomic_fetch_add(&writer->counters->folded, writer->batch.folded);
    if (writer->is_failing)
        tell(writer, WRITER_WORKS, NULL);
    writer->is_failing = false;
}

/* Stores a book and closes the days before it. Returns: 0, -1 with err. */
static int store(struct writer *writer, struct book *book, struct err *err)
{
    int64_t begin_us = clock_monotonic_us();
    utc_day closing;

    if (book && book->day != UTC_DAY_NONE)
        writer->day = book->day;
    closing = day_to_close(writer);
    if ((!book || book->n_datagrams == 0) && closing == UTC_DAY_NONE)
        return 0;
    if (commit(writer, book, closing, err)) {
        note_failure(writer, err);
        return -1;
    }
    note_success(writer, begin_us);
    if (book)
        counter_add(&writer->counters->committed, book->n_datagrams);
    if (closing != UTC_DAY_NONE)
        note_closed(writer, closing);
    return 0;
}

/* ---- Care --------------------------------------------------------------- */

static void keep_samples(struct writer *writer, const struct book *book)
{
    int64_t now_ms = clock_monotonic_ms();
    bool is_told = now_ms - writer->sampled_ms < SAMPLE_NOTE_MS;
    struct err err;

    for (size_t i = 0; i < book->n_samples; i++) {
        const struct book_sample *sample = &book->samples[i];
        int status =
            ring_put(&writer->ring, sample->octets, sample->bytes, &err);

        if (is_told)
            continue;
        if (status)
            tell(writer, WRITER_NO_SAMPLE, err.text);
        else
            tell(writer, WRITER_SAMPLED, writer->ring.folder);
        writer->sampled_ms = now_ms;
        is_told = true;
    }
}

/* Removes some of what has been kept long enough, once for each day closed. */
static void prune(struct writer *writer)
{
    utc_day closed = (utc_day)atomic_load(&writer->counters->closed_day);
    struct err err;

    if (writer->keep_days == 0 || closed == UTC_DAY_NONE ||
        closed == writer->pruned_day || !writer->tally || writer->is_failing)
        return;
    if (tally_prune(writer->tally, closed - (utc_day)writer->keep_days + 1,
                    COLLECT_PRUNE_ROWS, &err) <= 0)
        writer->pruned_day = closed;
}

/* ---- The thread --------------------------------------------------------- */

/* Stores what is at hand. Returns: 0, -1 where it is to be tried again. */
static int step(struct writer *writer)
{
    struct err err;

    if (!writer->book)
        writer->book = exchange_take(writer->exchange);
    if (store(writer, writer->book, &err))
        return -1;
    if (writer->book) {
        keep_samples(writer, writer->book);
        book_reset(writer->book);
        exchange_return(writer->exchange, writer->book);
        writer->book = NULL;
    }
    prune(writer);
    return 0;
}

/* At the end: what was taken, what was left, what was being filled. */
static void finish(struct writer *writer)
{
    struct err err = { .text = "" };

    for (unsigned i = 0; i < COLLECT_LAST_TRIES; i++) {
        if (step(writer) == 0 && step(writer) == 0 &&
            store(writer, writer->last, &err) == 0) {
            keep_samples(writer, writer->last);
            return;
        }
        exchange_wait(writer->exchange, COLLECT_RETRY_MS);
    }
    tell(writer, WRITER_GIVEN_UP, err.text);
}

static void *run(void *context)
{
    struct writer *writer = context;

    while (!atomic_load(&writer->is_stopping)) {
        /* What failed is tried again after as long as there is to wait for
         * something new. */
        (void)step(writer);
        exchange_wait(writer->exchange, COLLECT_RETRY_MS);
    }
    finish(writer);
    return NULL;
}

int writer_open(struct writer *writer, struct err *err)
{
    utc_day closed;

    writer->tally = NULL;
    writer->book = NULL;
    writer->last = NULL;
    writer->day = UTC_DAY_NONE;
    writer->doubted_day = UTC_DAY_NONE;
    writer->pruned_day = UTC_DAY_NONE;
    writer->is_failing = false;
    writer->sampled_ms = INT64_MIN / 2;
    buffer_init(&writer->fold_text, FOLD_BYTES);
    atomic_store(&writer->is_stopping, false);
    if (open_tally(writer, err) ||
        tally_closed_day(writer->tally, &closed, err))
        return -1;
    atomic_store(&writer->counters->closed_day, closed);
    day_watch_init(&writer->watch, clock_now(writer->clock),
                   clock_monotonic_ms() / 1000, closed);
    return 0;
}

int writer_start(struct writer *writer, struct err *err)
{
    errno = pthread_create(&writer->thread, NULL, run, writer);
    return errno ? err_system(err, "cannot start a thread") : 0;
}

void writer_stop(struct writer *writer, struct book *last)
{
    writer->last = last;
    atomic_store(&writer->is_stopping, true);
    exchange_wake(writer->exchange);
    pthread_join(writer->thread, NULL);
}

void writer_close(struct writer *writer)
{
    tally_close(writer->tally);
    writer->tally = NULL;
    buffer_deinit(&writer->fold_text);
}
