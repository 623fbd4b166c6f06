/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The state of the domains, as table, CSV or JSON.
 */

#include "base/err.h"
#include "insight/authentication.h"
#include "insight/insight.h"
#include "store/store.h"

struct printer;

/* What there is to print. */
struct summary_print_sums {
    const struct insight_overview *overview;
    const char *domain; /* this one alone, A-label; NULL = all */
    const struct insight_authentication_row *mail; /* by DMARC reports */
    size_t n_mail;
    struct store_dmarc_totals mail_totals;
};

/*
 * Prints a table with a total, or CSV where the printer's format is that.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int summary_print_table(struct printer *printer,
                        const struct summary_print_sums *sums, struct err *err);

/* Prints one object a domain, then the total. */
void summary_print_json(struct printer *printer,
                        const struct summary_print_sums *sums);
