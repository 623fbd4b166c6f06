/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Ask: a handful of questions to DNS, asked at once and waited for.
 */

#include "base/err.h"
#include "doctor/identity.h"
#include "net/resolver.h"

struct ask_question {
    const char *name; /* NULL: not asked */
    unsigned type;    /* enum resolver_type, or any other */
    struct identity_answer answer;
    bool is_secure; /* proven by DNSSEC */
};

/*
 * Asks all of them; what cannot be asked is unanswered.
 * Owns: names are borrowed; what came lives in the chart's arena.
 * Returns: 0, -1 with err.
 * Errors: as resolver_open.
 */
int ask_all(struct chart *chart, const struct resolver_options *options,
            struct ask_question *questions, size_t n, bool *out_validates,
            struct err *err);
