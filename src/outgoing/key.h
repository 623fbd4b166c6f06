/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Keys read back: from the canonical texts that sums are kept under to the
 * values of a report.
 *
 * The texts are those of event_policy_key and event_detail_key, out of a file of
 * ours; members nobody knows are passed over all the same. What RFC 8460 has no
 * word for is put in the nearest legal form: a policy type without a name is
 * no-policy-found, a result type without one is validation-failure with its
 * number as reason.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "report/report.h"

/*
 * Reads a policy; its counts and details are left as they are.
 * domain: stands for a policy-domain that is missing, borrowed.
 * *out_is_odd: whether something was put in another form, after which two
 *   policies may be the same.
 * Owns: all of *out_policy lives in the arena.
 * Returns: 0, -1 with err (ERR_INPUT: no policy; ERR_MEMORY, ERR_LIMIT).
 */
int outgoing_key_policy(struct arena *arena, struct slice key,
                        const char *domain, struct report_policy *out_policy,
                        bool *out_is_odd, struct err *err);

/*
 * Reads a detail; its count is left as it is. Otherwise as outgoing_key_policy.
 */
int outgoing_key_detail(struct arena *arena, struct slice key,
                        struct report_failure *out_failure, bool *out_is_odd,
                        struct err *err);
