/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Datagrams as a mail server sends them, and what was summed of them as text.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "collect/book.h"
#include "store/tally.h"

enum { EVENTS_DAY = 20700, EVENTS_BYTES = 4096 };

/* A clock that the test moves while others look at it. */
struct events_clock {
    struct clock clock; /* first, so that it is found from the clock */
    _Atomic int64_t now;
};

/* What it says. */
utc_time events_now(const struct clock *clock);

/* A success under an sts policy. Returns: text. */
char *events_success(char text[static EVENTS_BYTES], const char *domain);

/* A failure, of a result type, for a reason. Returns: text. */
char *events_failure(char text[static EVENTS_BYTES], const char *domain,
                     int code, const char *reason);

/* Adds a datagram to a book. */
enum book_outcome events_add(struct book *book, utc_day day, const char *text);

/*
 * What a book or a tally holds, a line each, sorted:
 * "day domain record type result-type reason sessions/failures".
 * Freed by free().
 */
char *events_dump_book(const struct book *book);
char *events_dump_tally(const char *url, utc_day day);

/* The sum of all sessions of policies. */
int64_t events_sessions(const char *url, utc_day day);
