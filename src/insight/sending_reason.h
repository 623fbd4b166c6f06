/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reasons: the failures of a domain that we send to, those of several collectors
 * joined. For insight/sending.c alone.
 */

#include "insight/sending.h"

/*
 * Finds the reasons of some days, most failures first, at most n.
 * numbers: the domain's in each tally, -1 where it has none.
 * Owns: all of *out_reasons lives in the arena.
 * Returns: 0, -1 with err.
 */
int sending_reason_find(const struct insight_tallies *tallies,
                        const int64_t *numbers, const char *domain,
                        struct store_range days, size_t n, struct arena *arena,
                        struct insight_sending_reason **out_reasons,
                        size_t *out_n, struct err *err);
