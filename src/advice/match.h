/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Match: the words senders use, turned into codes of the advice table.
 *
 * Reason codes are free text: OpenSSL's names and numbers, Postfix's and Go's
 * sentences, HTTP statuses, words of one company. They are folded (lower case,
 * one '-' for anything that is no letter or digit) and held against patterns of
 * whole words. Workload: one failure detail at a time, up to 50,000 a report.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "policy/result_type.h"

/* Only so much of a reason is looked at; the rest is talk. */
enum { MATCH_MAX_BYTES = 255 };

/* A folded text. */
struct match_text {
    char text[MATCH_MAX_BYTES + 1]; /* NUL-terminated */
    size_t len;
    uint64_t initials; /* which characters begin a word of it, one bit each */
};

/* One pattern of the table. */
struct match_pattern {
    unsigned types;    /* bits 1u << enum result_type it holds for */
    const char *words; /* folded; '#' is one digit; in front '=' the whole,
                          '%' a number that is an HTTP status */
    const char *code;  /* of the row */
};

/* Folds `source` (at most MATCH_MAX_BYTES octets of it). */
void match_fold(struct match_text *text, struct slice source);

/*
 * Finds the code for a reason reported under a result type.
 * reason: folded; may be empty.
 * Returns: a code of the advice table, or NULL where no pattern fits.
 */
const char *match_reason(enum result_type type,
                         const struct match_text *reason);

/*
 * Finds the registered result type a reported value means.
 * Returns: RESULT_TYPE_OTHER where it is none of the eleven.
 */
enum result_type match_type(struct slice reported);

/* The patterns, for the tests; *out_n gets how many. */
const struct match_pattern *match_patterns(size_t *out_n);
