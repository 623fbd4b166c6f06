/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Switched off: MTA-STS in mode "none" among the sums of a day.
 *
 * It is none in force (RFC 8461 section 5): a session event that names it beside
 * another policy is one session under the other. Sums come policy by policy, and
 * do not say which sessions of one are those of the other. So the rule of all
 * sums holds here, too: of the sessions under sts, in whatever mode, and those
 * under tlsa the larger number counts. What is left to the policy that is
 * switched off stands under no-policy-found.
 */

#include "base/err.h"

struct day;

/*
 * Takes from the sums under policies that are switched off what was counted under
 * another policy of the same domain and record; once, when all sums are there.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int switched_off_join(struct day *day, struct err *err);
