/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Exchange: two books between two threads, without a lock.
 *
 * Who fills takes a spare book and leaves the full one; who writes takes the full
 * one and gives it back empty. Neither waits for the other here: where there is no
 * spare book yet, the one at hand is filled on.
 */

#include <stdatomic.h>
#include <stdbool.h>

struct book;

struct exchange {
    _Atomic(struct book *) full;
    _Atomic(struct book *) spare;
    int wake_fd; /* event descriptor, readable when there is something to do */
};

/* Readies it with a spare book. Returns: 0, -1 with errno. */
int exchange_init(struct exchange *exchange, struct book *spare);

/* Closes what it holds; the books are not its own. */
void exchange_deinit(struct exchange *exchange);

/*
 * For who fills: leaves a full book for a spare one.
 * Returns: the spare book, NULL where there is none yet.
 */
struct book *exchange_swap(struct exchange *exchange, struct book *full);

/* For who writes: the full book, NULL where there is none. */
struct book *exchange_take(struct exchange *exchange);

/* For who writes: gives back an empty book. */
void exchange_return(struct exchange *exchange, struct book *empty);

/* Wakes who writes. */
void exchange_wake(struct exchange *exchange);

/* Waits until woken, some milliseconds at most. */
void exchange_wait(struct exchange *exchange, int ms);
