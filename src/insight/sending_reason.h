/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reasons: the failures of a domain that we send to, those of several collectors
 * joined. For insight/sending.c alone.
 */

#include "insight/sending.h"

/* Whose reasons are asked for. */
struct sending_reason_question {
    const struct insight_tallies *tallies;
    const int64_t *numbers; /* of the domain in each tally, -1: none */
    const char *domain;
    struct store_range days; /* with both ends */
    size_t n;                /* reasons at most */
};

/*
 * Finds the reasons of some days, most failures first.
 * Owns: all of *out_reasons lives in the arena.
 * Returns: 0, -1 with err.
 */
int sending_reason_find(const struct sending_reason_question *question,
                        struct arena *arena,
                        struct insight_sending_reason **out_reasons,
                        size_t *out_n, struct err *err);
