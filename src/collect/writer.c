/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

#include "event/limits.h"

enum { SAMPLE_NOTE_MS = 60000 };

static void tell(struct writer *writer, enum writer_note note, const char *text)
{
    if (writer->note)
        writer->note(writer->context, note, text, NULL);
}

/* ---- Days --------------------------------------------------------------- */

static void note_doubt(struct writer *writer, bool is_trusted, utc_day day)
{
    char text[UTC_DAY_BYTES];

    if (!is_trusted && !writer->is_doubting)
        tell(writer, WRITER_DOUBTS, utc_day_format(day, text));
    writer->is_doubting = !is_trusted;
}

/* The day to close now; UTC_DAY_NONE for none. Sums may be of a day that the clock
 * has taken back: none is closed that it does not say has passed. */
static utc_day day_to_close(struct writer *writer)
{
    utc_time now = clock_now(writer->clock);
    utc_day day = utc_day_of(now);
    bool is_trusted =
        day_watch_trusts(&writer->watch, now, clock_monotonic_ms() / 1000);

    note_doubt(writer, is_trusted, day - 1);
    if (writer->day == UTC_DAY_NONE || !is_trusted)
        return UTC_DAY_NONE;
    if (writer->day < day)
        day = writer->day;
    day--;
    return day > atomic_load(&writer->counters->closed_day) ? day
                                                            : UTC_DAY_NONE;
}

static void note_closed(struct writer *writer, utc_day day)
{
    char text[UTC_DAY_BYTES];

    /* Said before it can be seen, so that who waits for it finds it said. */
    tell(writer, WRITER_CLOSED, utc_day_format(day, text));
    atomic_store(&writer->counters->closed_day, day);
}

/* ---- Committing --------------------------------------------------------- */

static void note_failure(struct writer *writer, const struct err *err)
{
    counter_add(&writer->counters->commit_failures, 1);
    /* Opened anew: a file that was moved or mended is found again. */
    deposit_close(&writer->deposit);
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
    counter_add(&writer->counters->rows, writer->deposit.batch.rows);
    counter_add(&writer->counters->late, writer->deposit.batch.late);
    atomic_fetch_add(&writer->counters->folded, writer->deposit.batch.folded);
    if (writer->is_failing)
        tell(writer, WRITER_WORKS, NULL);
    writer->is_failing = false;
}

static void tell_damaged(struct writer *writer, int64_t n)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, n);
    if (n > writer->n_damaged)
        tell(writer, WRITER_DAMAGED, text);
    writer->n_damaged = n;
}

static void note_damaged(struct writer *writer)
{
    tell_damaged(writer, writer->deposit.tally
                             ? tally_damaged(writer->deposit.tally)
                             : 0);
}

/* The tally was moved or removed, and another has taken its place, in which days
 * are still to be closed. */
static void note_gone(struct writer *writer)
{
    uint64_t n = writer->deposit.n_gone - atomic_load(&writer->counters->gone);
    char text[24];
    utc_day closed;
    struct err err;

    if (!writer->deposit.was_gone)
        return;
    writer->deposit.was_gone = false;
    /* All that waited in it was read before it was left; nobody looks again. */
    tell_damaged(writer, writer->deposit.n_gone_damaged);
    writer->deposit.n_gone_damaged = writer->n_damaged = 0;
    counter_add(&writer->counters->gone, n);
    snprintf(text, sizeof(text), "%" PRIu64, n);
    tell(writer, WRITER_GONE, text);
    if (tally_closed_day(writer->deposit.tally, &closed, &err) == 0)
        atomic_store(&writer->counters->closed_day, closed);
}

/* Stores a book and closes the days before it. Returns: 0, -1 with err. */
static int store(struct writer *writer, struct book *book, struct err *err)
{
    int64_t begin_us = clock_monotonic_us();
    utc_day closing;

    if (book && book->day != UTC_DAY_NONE)
        writer->day = book->day;
    closing = day_to_close(writer);
    if ((!book || book->n_datagrams == 0) && closing == UTC_DAY_NONE &&
        !deposit_is_due(&writer->deposit))
        return 0;
    if (deposit_put(&writer->deposit, book, closing, err)) {
        note_failure(writer, err);
        return -1;
    }
    note_success(writer, begin_us);
    note_gone(writer);
    note_damaged(writer);
    if (book)
        counter_add(&writer->counters->committed, book->n_datagrams);
    if (closing != UTC_DAY_NONE)
        note_closed(writer, closing);
    return 0;
}

/* ---- Care --------------------------------------------------------------- */

static void tell_sample(struct writer *writer, enum writer_note note,
                        const char *text, const char *place)
{
    int64_t now_ms = clock_monotonic_ms();

    if (now_ms - writer->sampled_ms[note] < SAMPLE_NOTE_MS)
        return;
    writer->sampled_ms[note] = now_ms;
    if (writer->note)
        writer->note(writer->context, note, text, place);
}

static void keep_samples(struct writer *writer, const struct book *book)
{
    for (size_t i = 0; i < book->n_samples; i++) {
        const struct book_sample *sample = &book->samples[i];
        const char *place = NULL;
        struct err err;

        if (ring_put(&writer->ring, sample->octets, sample->bytes, &err))
            tell_sample(writer, WRITER_NO_SAMPLE, err.text, NULL);
        else if (writer->ring.folder)
            place = writer->ring.newest;
        tell_sample(writer, sample->is_odd ? WRITER_ODD : WRITER_MALFORMED,
                    sample->reason, place);
    }
}

/* Removes some of what has been kept long enough, once for each day closed. */
static void prune(struct writer *writer)
{
    utc_day closed = (utc_day)atomic_load(&writer->counters->closed_day);
    struct err err;

    if (writer->keep_days == 0 || closed == UTC_DAY_NONE ||
        closed == writer->pruned_day || !writer->deposit.tally ||
        writer->is_failing)
        return;
    if (tally_prune(writer->deposit.tally,
                    closed - (utc_day)writer->keep_days + 1, COLLECT_PRUNE_ROWS,
                    &err) <= 0)
        writer->pruned_day = closed;
}

/* ---- The thread --------------------------------------------------------- */

/* Stores what is at hand. Returns: 0, -1 where it is to be tried again. */
static int step(struct writer *writer, struct err *err)
{
    if (!writer->book)
        writer->book = exchange_take(writer->exchange);
    if (store(writer, writer->book, err))
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
    const struct counters *counters = writer->counters;
    struct err err;

    for (unsigned i = 0; i < COLLECT_LAST_TRIES; i++) {
        if (step(writer, &err) == 0 && step(writer, &err) == 0 &&
            store(writer, writer->last, &err) == 0) {
            keep_samples(writer, writer->last);
            /* What cannot be added now is added at the next start. */
            if (writer->deposit.tally)
                (void)tally_settle(writer->deposit.tally, &err);
            note_damaged(writer);
            return;
        }
        exchange_wait(writer->exchange, COLLECT_RETRY_MS);
    }
    err_prefix(&err, "%" PRIu64 " session events could not be stored",
               counters->summed - counters->committed);
    writer->given_up = err;
    tell(writer, WRITER_GIVEN_UP, err.text);
}

static void *run(void *context)
{
    struct writer *writer = context;
    struct err err;

    /* Who receives goes first where there are too few processors: a second's
     * sums can wait, a datagram cannot. Of a thread alone, as Linux has it. */
    (void)setpriority(PRIO_PROCESS, 0,
                      getpriority(PRIO_PROCESS, 0) + COLLECT_WRITER_NICE);
    while (!atomic_load(&writer->is_stopping)) {
        /* What failed is tried again after as long as there is to wait for
         * something new. */
        (void)step(writer, &err);
        exchange_wait(writer->exchange, COLLECT_RETRY_MS);
    }
    finish(writer);
    return NULL;
}

int writer_open(struct writer *writer, struct err *err)
{
    utc_day closed;

    writer->book = NULL;
    writer->last = NULL;
    writer->day = UTC_DAY_NONE;
    writer->is_doubting = false;
    writer->pruned_day = UTC_DAY_NONE;
    writer->is_failing = false;
    writer->n_damaged = 0;
    writer->given_up.kind = ERR_NONE;
    for (size_t i = 0; i < WRITER_NOTES; i++)
        writer->sampled_ms[i] = INT64_MIN / 2;
    atomic_store(&writer->is_stopping, false);
    if (deposit_open(&writer->deposit, err) ||
        tally_closed_day(writer->deposit.tally, &closed, err))
        return -1;
    atomic_store(&writer->counters->closed_day, closed);
    /* Also what others found: who closes a day reads what waits. */
    note_damaged(writer);
    day_watch_init(&writer->watch, clock_now(writer->clock),
                   clock_monotonic_ms() / 1000, closed);
    return 0;
}

int writer_start(struct writer *writer, struct err *err)
{
    errno = pthread_create(&writer->thread, NULL, run, writer);
    return errno ? err_system(err, "cannot start a thread") : 0;
}

int writer_stop(struct writer *writer, struct book *last, struct err *err)
{
    writer->last = last;
    atomic_store(&writer->is_stopping, true);
    exchange_wake(writer->exchange);
    pthread_join(writer->thread, NULL);
    if (writer->given_up.kind == ERR_NONE)
        return 0;
    if (err)
        *err = writer->given_up;
    return -1;
}

void writer_close(struct writer *writer)
{
    deposit_deinit(&writer->deposit);
}
