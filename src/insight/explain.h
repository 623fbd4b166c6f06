/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A report explained: failures that say the same, joined, and what they mean.
 *
 * Senders write one detail per session, per address or per hour; people want to
 * read each fault once, the largest first. Show and the report page take their
 * groups and sentences from here, so that they say the same. Workload: a few
 * details (usual), up to 500,000 in a report of 64 MiB.
 */

#include <stdint.h>

#include "advice/advice.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "report/report.h"

/* Details of one policy with the same result, reason and MX. */
struct insight_explain_group {
    const struct report_failure *failure; /* the first of them */
    const struct advice *advice;          /* never NULL */
    const char *result_key;               /* what they are grouped under */
    int64_t sessions;                     /* their sum, saturating */
    size_t n_details;
    size_t index; /* of the first in the policy's failures */
};

/*
 * Joins the failure details of a policy, most sessions first.
 * Owns: groups live in arena.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int insight_explain_policy(const struct report_policy *policy,
                           struct arena *arena,
                           struct insight_explain_group **out_groups,
                           size_t *out_n, struct err *err);

/*
 * Tells all that is known of a group, for the sentences of advice/. Addresses
 * are left out where several details were joined.
 * Owns: borrowed from report, policy and group; policy_mode from arena.
 */
struct advice_failure insight_explain_failure(
    const struct report *report, const struct report_policy *policy,
    const struct insight_explain_group *group, struct arena *arena);

/*
 * Appends the note that failures are so few among so many sessions that they
 * mean nothing by themselves; appends nothing where they are not noise.
 */
void insight_explain_noise(struct buffer *buffer, int64_t sessions,
                           int64_t failures);
