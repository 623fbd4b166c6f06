/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Subject: whom a policy is about.
 *
 * For DANE policy-domain is often an MX host, and some senders leave it out.
 * Whom the report is about then stands in the mail's fields, the file name or
 * the report-id. Private to the room. RFC: 8460 sections 4.4, 5.1, 5.3, 5.6.
 */

#include "report/reading.h"

/*
 * Fills domain (never NULL from here on) and subject_domain of each policy of
 * reading->report.
 * Returns: 0, -1 when out of memory.
 */
int subject_find(struct reading *reading, const struct place *place);
