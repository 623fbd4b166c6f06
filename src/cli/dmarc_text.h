/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A DMARC report, told for people on a terminal.
 *
 * Who reports, on which days, what was published, how the messages fared, and
 * each address that sent them: the worst first, with what it means and what to
 * do.
 */

#include "base/err.h"
#include "cli/report_text.h"

struct dmarc_report;
struct printer;

/*
 * Prints a report without its findings, behind the name of its input.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int dmarc_text_print(struct printer *printer, const struct dmarc_report *report,
                     enum report_text_length length, struct err *err);
