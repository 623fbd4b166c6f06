/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Pages: whether the file of a store, a tally or an outbox is whole.
 *
 * What a start does not notice: opening reads the first pages alone, and a page
 * that a disk or a copy has spoilt is met when its rows are. The structure of every
 * table and index is walked, not what rows say; verify.h looks at that, too. Takes a
 * second for some 300 MB that the machine has in memory, and cannot be broken off, so
 * it is bounded by size.
 */

#include <stdint.h>

#include "base/err.h"

enum pages_verdict {
    PAGES_WHOLE,
    PAGES_DAMAGED,
    PAGES_TOO_LARGE /* not looked at */
};

struct pages {
    enum pages_verdict verdict;
    int64_t bytes;   /* of the file */
    char fault[200]; /* the first that was met, as SQLite has it */
};

/*
 * Looks at a file of up to max_bytes; changes nothing.
 * url: of any of the three.
 * Returns: 0, -1 with err (ERR_STORE, ERR_SYSTEM, ERR_USAGE: it cannot be opened).
 */
int pages_look(const char *url, int64_t max_bytes, struct pages *out_pages,
               struct err *err);
