/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A chart for tests, and what stands on it as one text.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doctor/chart.h"

/* An empty chart; the one before is gone. */
struct chart *charts_new(void);

/* "id:severity " for each row. */
const char *charts_text(const struct chart *chart);

/* Compares it, naming the row of a table. */
void charts_compare(const struct chart *chart, const char *want,
                    const char *name);

/* Frees what charts_new made. */
void charts_end(void);
