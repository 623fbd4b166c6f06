/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The day a word like "30d" means.
 */

#include "base/err.h"
#include "base/utc.h"

/*
 * Reads how far back to look: "30d", "4w", "6m", "1y" (days, weeks, calendar
 * months, years, today included), a day "2026-10-01", or "all".
 * out_first gets the first day, UTC_DAY_NONE for "all".
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int since_parse(const char *text, utc_day today, utc_day *out_first,
                struct err *err);
