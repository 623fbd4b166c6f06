/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Policy strings of an event: the lines of an MTA-STS policy, or TLSA records.
 *
 * Private to the room. RFC: 8460 section 4.5; R-REP-23 and R-REP-24.
 */

#include "base/arena.h"

struct event_policy;

/*
 * Makes of the strings of a policy one a line, in the order they came.
 * Returns: 0; -1 when out of memory.
 */
int policy_lines_clean(struct arena *arena, struct event_policy *policy);

/*
 * Makes of each string a TLSA record as "USAGE SELECTOR TYPE HEX" with digits in
 * upper case, sorts them and leaves out what is there twice. What is no such
 * record is kept as text.
 * Returns: 0; -1 when out of memory.
 */
int policy_lines_tlsa(struct arena *arena, struct event_policy *policy);
