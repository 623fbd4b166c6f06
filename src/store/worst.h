/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Worst: the MX to look at first for a result type.
 *
 * Facts hold failures by result type and failures by MX, not by both at once;
 * a report that shows one result type shows at which MX. So the newest reports
 * with the result type are asked for their MX hosts.
 */

#include "base/arena.h"
#include "base/err.h"
#include "store/question.h"

enum { STORE_WORST_REPORTS = 20 };

/*
 * Finds the named MX with most failures in the newest STORE_WORST_REPORTS
 * reports of a domain that show a result type; in each report no more failures
 * are counted than it has of that type.
 * Owns: *out_mx lives in arena.
 * Returns: 0, with NULL where no report names one; -1 with err.
 */
int store_find_worst_mx(struct store *store, const char *domain,
                        struct store_range range, const char *result_type,
                        struct arena *arena, const char **out_mx,
                        struct err *err);
