/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A verification under way, between verify.c and the files of its parts. For
 * this room alone.
 */

#include <stdbool.h>

#include "store/mend.h"
#include "store/verify.h"

struct verifying {
    struct store *store;
    const struct store_verify_options *options;
    struct store_verified counts;
    struct mending mending; /* of one comparison */
    bool had_lost;          /* of the tail, which is to be forgotten */
    int code; /* of SQLite, where a part failed within one moment; else 0 */
};

/* Ends what tail_begin began, and remembers why a part failed. */
void verifying_end(struct verifying *verifying, bool began, int status);

/* Tells a fault; the message is formatted. */
__attribute__((format(printf, 4, 5))) void verifying_fault(
    struct verifying *verifying, const char *code, const char *where,
    const char *message, ...);

/* Says how far a part is. Returns: 0, 1 where the work is to stop. */
int verifying_step(struct verifying *verifying, enum store_verify_part part,
                   int64_t done, int64_t total);

/* Compares what rows refer to. Returns: 0, 1 stopped, -1 with err. */
int verify_rows(struct verifying *verifying, struct err *err);

/* Compares the lines of lists with the facts of reports, and those with names.
 * Returns: 0, 1 stopped, -1 with err. */
int verify_lines(struct verifying *verifying, struct err *err);

/* Makes every sum anew. Returns: 0, 1 stopped, -1 with err. */
int verify_sums(struct verifying *verifying, struct err *err);
