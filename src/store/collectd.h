/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Collectd: the database of a tlsrpt-collectd, read.
 *
 * tlsrpt-collectd of tlsrpt-reporter keeps the sums of the current day in one
 * SQLite file and renames it to "<file>.yesterday" after midnight. Both are looked
 * at for a day, since after a restart across midnight the rows of yesterday stay
 * in the first. Nothing is written, and no lock is held longer than the rows of
 * the day take to be read. The file is another program's: what is odd in it is
 * handed on as it is, or named.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"

/* One sum. Texts are octets as they stand there. */
struct collectd_row {
    struct slice domain;
    struct slice record;
    struct slice policy;  /* JSON, without verdict and details */
    struct slice failure; /* JSON; empty: the policy itself */
    int64_t sessions; /* of a policy: all; of a failure: those that had it */
    int64_t failures; /* of a policy: those that failed; of a failure: 0 */
};

/* Takes one row, valid until it returns. Returns: 0 to go on, else what
 * collectd_each is to return. */
typedef int collectd_function(void *context, const struct collectd_row *row,
                              struct err *err);

/*
 * Gives the rows of a day: of each file a policy before its failures.
 * *out_is_complete: whether the day is said to be complete, or the file was not
 *   written to on that day or later; false may mean that the daemon was stopped
 *   before midnight.
 * Returns: 0; -1 with err, also where neither file is there, or they were
 * exchanged while they were read: try again; or what the function returned.
 */
int collectd_each(const char *path, utc_day day, collectd_function *function,
                  void *context, bool *out_is_complete, struct err *err);
