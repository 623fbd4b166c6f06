/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Failure details: the array failure-details of a policy.
 *
 * Private to the room. RFC: 8460 section 4.4.
 */

#include "report/reading.h"

/*
 * Reads failure-details into policy->failures.
 * Returns: 0, -1 with err.
 */
int detail_read_array(struct reading *reading, struct report_policy *policy,
                      const struct place *place, const struct json_value *value,
                      struct err *err);
