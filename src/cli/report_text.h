/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A result of reading, told for people on a terminal.
 *
 * Who reports, on which days, how each policy fared, every fault as a sentence
 * with cause and remedy, then what is odd about the report itself.
 */

#include "base/err.h"

struct intake_result;
struct printer;

enum report_text_length {
    REPORT_TEXT_LINE,  /* one line a report */
    REPORT_TEXT_USUAL, /* the largest faults and findings */
    REPORT_TEXT_ALL
};

/*
 * Prints one result. input: what to call it; text from outside.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int report_text_print(struct printer *printer, const char *input,
                      const struct intake_result *result,
                      enum report_text_length length, struct err *err);
