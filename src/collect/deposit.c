/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/deposit.h"

#include <sys/random.h>

#include "collect/limits.h"

enum { FOLD_BYTES = 4096 };

/* ---- Life --------------------------------------------------------------- */

/* Marks begin at random, so that those of an earlier run are others. */
static int64_t first_mark(const struct clock *clock)
{
    uint64_t bits;

    if (getrandom(&bits, sizeof(bits), GRND_NONBLOCK) != sizeof(bits))
        bits = (uint64_t)clock_now(clock) << 24;
    return (int64_t)(bits >> 2) + 1;
}

void deposit_init(struct deposit *deposit, const char *url,
                  const struct clock *clock, int64_t max_rows)
{
    *deposit = (struct deposit){ .url = url,
                                 .clock = clock,
                                 .max_rows = max_rows,
                                 .mark = first_mark(clock) };
    buffer_init(&deposit->fold_text, FOLD_BYTES);
}

void deposit_deinit(struct deposit *deposit)
{
    deposit_close(deposit);
    buffer_deinit(&deposit->fold_text);
}

int deposit_open(struct deposit *deposit, struct err *err)
{
    if (deposit->tally)
        return 0;
    if (tally_open(deposit->url, STORE_WRITE, deposit->clock, &deposit->tally,
                   err))
        return -1;
    tally_limit_day(deposit->tally, COLLECT_DAY_ROWS);
    return 0;
}

void deposit_close(struct deposit *deposit)
{
    tally_close(deposit->tally);
    deposit->tally = NULL;
}

bool deposit_is_due(const struct deposit *deposit)
{
    return !deposit->tally || tally_is_due(deposit->tally);
}

/* ---- Sums --------------------------------------------------------------- */

/* Adds a sum to its day, or where that is closed to the first that is not. */
static int add_row(struct deposit *deposit, struct tally_row *row,
                   struct tally_place *place, int64_t max_rows, struct err *err)
{
    int status = tally_add_at(deposit->tally, row, place, max_rows, err);
    utc_day closed;

    if (status != TALLY_CLOSED)
        return status;
    if (tally_closed_day(deposit->tally, &closed, err))
        return -1;
    row->day = closed + 1;
    status = tally_add_at(deposit->tally, row, place, max_rows, err);
    deposit->batch.late += status == 0;
    return status;
}

/* Adds a sum as finely as there is room for it. */
static int add_sum(void *context, const struct book_sum *sum, struct err *err)
{
    struct deposit *deposit = context;
    int status = TALLY_FULL;

    for (int level = FOLD_NONE; level < FOLD_COUNT && status == TALLY_FULL;
         level++) {
        struct fold_key key;
        struct tally_row row = { .day = sum->day,
                                 .sessions = sum->sessions,
                                 .failures = sum->failures };

        if (fold_key_at(&sum->key, (enum fold_level)level, &deposit->fold_text,
                        &key))
            return err_memory(err);
        row.domain = key.domain;
        row.record = key.record;
        row.policy = key.policy;
        row.detail = key.detail;
        status =
            add_row(deposit, &row, level == FOLD_NONE ? sum->place : NULL,
                    fold_limit((enum fold_level)level, deposit->max_rows), err);
        deposit->batch.folded += level > FOLD_NONE && status == 0;
    }
    deposit->batch.rows += status == 0;
    return status < 0 ? -1 : 0;
}

/* ---- Batches ------------------------------------------------------------ */

/* Adds a book that the file does not have. */
static int add_book(struct deposit *deposit, struct book *book, struct err *err)
{
    int status;

    if (!book->mark)
        book->mark = ++deposit->mark;
    status = tally_mark(deposit->tally, book->mark, err);
    if (status)
        return status < 0 ? -1 : 0;
    deposit->batch = (struct deposit_batch){ 0 };
    tally_expect(deposit->tally, book_count(book));
    return book_each(book, add_sum, deposit, err);
}

/* What was stored in a file that is not there any more is where that is. Who has
 * moved it finds all sums added up. */
static void leave_gone(struct deposit *deposit)
{
    struct err err;

    if (!deposit->tally || !tally_is_gone(deposit->tally))
        return;
    (void)tally_settle(deposit->tally, &err);
    deposit->n_gone_damaged += tally_damaged(deposit->tally);
    deposit->n_gone += deposit->n_stored;
    deposit->n_stored = 0;
    deposit->was_gone = true;
    deposit_close(deposit);
}

static int put(struct deposit *deposit, struct book *book, utc_day closing,
               struct err *err)
{
    if (deposit_open(deposit, err) || tally_begin(deposit->tally, err))
        return -1;
    if ((book && add_book(deposit, book, err)) ||
        (closing != UTC_DAY_NONE &&
         tally_close_day(deposit->tally, closing, err))) {
        tally_abandon(deposit->tally);
        return -1;
    }
    return tally_commit(deposit->tally, err);
}

int deposit_put(struct deposit *deposit, struct book *book, utc_day closing,
                struct err *err)
{
    if (!book)
        deposit->batch = (struct deposit_batch){ 0 };
    leave_gone(deposit);
    if (put(deposit, book, closing, err))
        return -1;
    deposit->n_stored += book ? book->n_datagrams : 0;
    return 0;
}
