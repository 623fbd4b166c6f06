/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/* Reports read from short texts, for the tests of this room. Apostrophes stand
 * for quotes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/report.h"

struct reads {
    struct arena arena;
    struct report_list list;
    struct err err;
    int rc;
};

/* Reads a text; look at rc and list. Free with reads_deinit. */
void reads_init(struct reads *reads, const char *text,
                const struct report_origin *origin);

/* Reads a report around the given policies ("{...},{...}"). */
void reads_init_policies(struct reads *reads, const char *policies,
                         const struct report_origin *origin);

void reads_deinit(struct reads *reads);

/* The first report; fails where there is none. */
const struct report *reads_report(const struct reads *reads);

/* How many findings of this code the first report has. */
int reads_count(const struct reads *reads, const char *code);

/* Fails unless the first report has a finding of this code at this place. */
void reads_expect(const struct reads *reads, const char *code,
                  const char *where);
