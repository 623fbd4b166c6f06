/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/since.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_MOST = 9999, MONTHS = 12 };

/* The day `months` calendar months before; the last one of a shorter month. */
static utc_day months_before(utc_day day, int months)
{
    char text[UTC_DAY_BYTES];
    int year, month, at, whole;
    utc_day first, next;

    utc_day_format(day, text);
    year = (int)strtol(text, NULL, 10);
    month = (int)strtol(text + 5, NULL, 10);
    at = (int)strtol(text + 8, NULL, 10);
    whole = year * MONTHS + month - 1 - months;
    first = utc_day_from_civil(whole / MONTHS, whole % MONTHS + 1, 1);
    whole++;
    next = utc_day_from_civil(whole / MONTHS, whole % MONTHS + 1, 1);
    return first + at <= next ? first + at - 1 : next - 1;
}

int since_parse(const char *text, utc_day today, utc_day *out_first,
                struct err *err)
{
    char *end;
    long number;

    if (strcmp(text, "all") == 0) {
        *out_first = UTC_DAY_NONE;
        return 0;
    }
    if (utc_day_parse(slice_of(text), out_first) == 0)
        return 0;
    number = strtol(text, &end, 10);
    if (*text < '0' || *text > '9' || number < 1 || number > NUMBER_MOST ||
        strlen(end) != 1 || !strchr("dwmy", *end) ||
        (*end == 'y' && number > 999))
        return err_set(err, ERR_USAGE,
                       "'%.40s' is no time to look back: say 30d, 4w, 6m, 1y, "
                       "a day like 2026-10-01, or all",
                       text);
    if (*end == 'd' || *end == 'w')
        *out_first = today - (utc_day)(*end == 'w' ? 7 * number : number) + 1;
    else
        *out_first = months_before(
                         today, (int)(*end == 'y' ? MONTHS * number : number)) +
                     1;
    return 0;
}
