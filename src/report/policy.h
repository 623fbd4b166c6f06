/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Policies: the array policies of a report, with summaries and details.
 *
 * Private to the room. RFC: 8460 section 4.4.
 */

#include "report/member.h"

/* A policy while it is read: which fields its objects had, together. */
struct policy_entry {
    struct report_policy *policy;
    struct member_seen seen;
};

/* Begins a policy: absent texts are "". */
void policy_begin(struct policy_entry *entry, struct report_policy *policy);

/*
 * Reads the value of `policies` into reading->policies.
 * Returns: 0, -1 with err.
 */
int policy_read_array(struct reading *reading, const struct place *place,
                      const struct json_value *value, struct err *err);

/*
 * The parts of the one policy that a draft's report has at its top level: the
 * objects `policy` and `summary`. (failure-details is read by
 * detail_read_array.) Returns: 0, -1 with err.
 */
int policy_read_draft(struct reading *reading, struct policy_entry *entry,
                      const struct place *place, const struct json_value *value,
                      struct err *err);
int policy_read_summary(struct reading *reading, struct policy_entry *entry,
                        const struct place *place,
                        const struct json_value *value, struct err *err);

/*
 * Adds the policy of a draft's report at `place`, once all of it is read.
 * Returns: 0, -1 with err.
 */
int policy_take_draft(struct reading *reading, const struct place *place,
                      const struct policy_entry *entry, struct err *err);
