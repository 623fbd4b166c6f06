/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What the summary tells of DMARC reports: a table of its own, and a member of
 * each domain's object.
 */

#include "cli/summary_print.h"
#include "json/writer.h"

/* The row of a domain, NULL where there is none. */
const struct insight_authentication_row *summary_mail_find(
    const struct summary_print_sums *sums, const char *domain);

/* Tells whether a domain is among those that TLS reports are about. */
bool summary_mail_is_told(const struct summary_print_sums *sums,
                          const char *domain);

/* Prints the table under the other one; nothing where there is no report.
 * Returns: 0, -1 with err (ERR_MEMORY). */
int summary_mail_print(struct printer *printer,
                       const struct summary_print_sums *sums, struct err *err);

/* The member "dmarc" of a domain's object; null where there is none. */
void summary_mail_write(struct json_writer *json,
                        const struct insight_authentication_row *row);

/* The member "dmarc" of the total. */
void summary_mail_write_totals(struct json_writer *json,
                               const struct summary_print_sums *sums);
