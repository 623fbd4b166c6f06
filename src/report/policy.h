/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Policies: the array policies of a report, with summaries and details.
 *
 * Private to the room. RFC: 8460 section 4.4.
 */

#include "report/reading.h"

/*
 * Reads the value of `policies` into reading->policies.
 * Returns: 0, -1 with err.
 */
int policy_read_array(struct reading *reading, const struct place *place,
                      const struct json_value *value, struct err *err);

/*
 * The parts of the one policy that a draft's report has at its top level, read
 * into `policy`: the objects `policy` and `summary`. (failure-details is read by
 * detail_read_array.) Returns: 0, -1 with err.
 */
int policy_read_draft(struct reading *reading, struct report_policy *policy,
                      const struct place *place, const struct json_value *value,
                      struct err *err);
int policy_read_summary(struct reading *reading, struct report_policy *policy,
                        const struct place *place,
                        const struct json_value *value, struct err *err);
