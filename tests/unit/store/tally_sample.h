/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A tally in a folder of its own, and what is in it as text.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/tally.h"

enum { TALLY_SAMPLE_DAY = 20700 };

struct tally_sample {
    char folder[64];
    char path[96];
    char url[112];
    struct clock clock;
    struct tally *tally;
    struct err err;
};

/* cmocka set-up and tear-down: *state gets a struct tally_sample, open. */
int tally_sample_open(void **state);
int tally_sample_close(void **state);

/* Closes and opens again for writing. */
void tally_sample_reopen(struct tally_sample *sample);

/* A row of the sample's day. */
struct tally_row tally_sample_row(const char *domain, const char *policy,
                                  const char *detail, int64_t sessions,
                                  int64_t failures);

/* Adds one row in a batch of its own. Returns: what tally_add returned. */
int tally_sample_put(struct tally_sample *sample, const struct tally_row *row);

/* "domain record policy detail sessions/failures" of each row of a day, one a
 * line; freed by free(). */
char *tally_sample_dump(struct tally_sample *sample, utc_day day);

#define assert_fine(sample, call)                                              \
    do {                                                                       \
        if ((call) != 0)                                                       \
            fail_msg("%s: %s", #call, (sample)->err.text);                     \
    } while (0)
