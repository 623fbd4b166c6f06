/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Deposit: a book into the tally, in one batch, once.
 *
 * A batch that failed is put again until it works. Where the disk failed at the
 * very end it may be in the file all the same, so each book's batch has a mark,
 * which is stored with it and looked for before. A file that is moved or removed
 * under us is noticed before the next batch, which goes to a new one.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utc.h"
#include "collect/book.h"
#include "store/tally.h"

/* What a batch is about to change; counted when it is committed. */
struct deposit_batch {
    uint64_t rows;
    uint64_t folded;
    uint64_t late;
};

struct deposit {
    const char *url; /* of the tally; borrowed */
    const struct clock *clock;
    int64_t max_rows;           /* of a domain and day */
    struct tally *tally;        /* NULL while it is not open */
    struct deposit_batch batch; /* of the book put last */
    int64_t mark;               /* of the last book */
    uint64_t n_stored;          /* datagrams, in the file that is open */
    uint64_t n_gone;            /* in files that were moved or removed then */
    int64_t n_gone_damaged;     /* batches in those that cannot be read, and */
    bool was_gone;              /* that one was gone; for the caller to note and
                                   clear */
    struct buffer fold_text;
};

/* Readies it; the tally is not opened yet. */
void deposit_init(struct deposit *deposit, const char *url,
                  const struct clock *clock, int64_t max_rows);

/* Closes the tally and frees the rest. */
void deposit_deinit(struct deposit *deposit);

/* Tells whether a batch is due although there is nothing new: sums have waited in
 * the tally long enough, or it was closed because one failed. */
bool deposit_is_due(const struct deposit *deposit);

/* Opens the tally where it is not open. Returns: 0, -1 with err. */
int deposit_open(struct deposit *deposit, struct err *err);

/* Closes the tally, so that the next batch opens it anew. */
void deposit_close(struct deposit *deposit);

/*
 * Adds the sums of a book and closes a day, in one batch.
 * book: NULL for none; one that failed is given again unchanged.
 * closing: UTC_DAY_NONE for none.
 * Returns: 0, -1 with err; nothing is known to be stored then.
 */
int deposit_put(struct deposit *deposit, struct book *book, utc_day closing,
                struct err *err);
