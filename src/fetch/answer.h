/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Answer: what a reporter elsewhere asks us, said in the fetcher's protocol.
 *
 * Our side of fetch.h. Days that are not closed are not told of: the list says
 * so, and is empty. What RFC 8460 has no word for is put in the nearest legal
 * form, as in our own reports, since a tlsrpt-reportd ends for a policy type that
 * it does not know.
 */

#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/tally.h"

/* What is asked of: open for reading. */
struct answer_source {
    struct tally *const *tallies;
    size_t n_tallies;
    const struct clock *clock;
};

/*
 * Writes the list of a day. The day that is complete is the one that all tallies
 * have closed; 1970-01-01 where none has closed any.
 * Returns: 0; 1 where the day is not complete; -1 with err.
 */
int answer_list(const struct answer_source *source, utc_day day, FILE *out,
                struct err *err);

/*
 * Writes the sums of a domain; those of one that has none are an object without
 * policies.
 * domain: in lower case, A-labels.
 * Returns: 0, -1 with err.
 */
int answer_details(const struct answer_source *source, utc_day day,
                   struct slice domain, FILE *out, struct err *err);
