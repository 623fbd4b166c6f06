/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * UTC time and days.
 *
 * Wall time is UTC seconds since 1970 in 64 bits, a day is days since 1970 in
 * 32 bits; both have a value for "none". The proleptic Gregorian calendar is
 * computed here, so that no time zone of the machine can leak in.
 */

#include <stdint.h>

#include "base/slice.h"

typedef int64_t utc_time; /* seconds since 1970-01-01T00:00:00Z */
typedef int32_t utc_day;  /* days since 1970-01-01 */

#define UTC_NONE INT64_MIN
#define UTC_DAY_NONE INT32_MIN
#define UTC_DAY_SECONDS 86400

enum {
    UTC_TIME_BYTES = 32, /* room for any formatted time, NUL included */
    UTC_DAY_BYTES = 16   /* room for any formatted day, NUL included */
};

/* How a date-time was spelt, see utc_parse. */
enum utc_form {
    UTC_FORM_RFC3339 = 0,       /* as RFC 3339 section 5.6 has it */
    UTC_FORM_NO_ZONE = 1u << 0, /* without Z or offset; read as UTC */
    UTC_FORM_LOWER = 1u << 1,   /* lower-case t or z, or a blank for T */
    UTC_FORM_HOUR_24 = 1u << 2, /* 24:00:00, read as the next midnight */
    UTC_FORM_DATE = 1u << 3,    /* a date alone, read as its midnight */
    UTC_FORM_EPOCH = 1u << 4,   /* digits alone, read as Unix seconds */
    UTC_FORM_LOOSE = 1u << 5    /* blanks around, no seconds, comma, +hhmm */
};

/*
 * Reads a date-time leniently: RFC 3339 and the forms of enum utc_form. Second
 * 60 counts as the next minute's second 0. Years 1 to 9999.
 * out_form (may be NULL) gets the bits of enum utc_form.
 * Returns: 0, or -1 where text is no date-time (outputs untouched).
 * RFC: 3339 section 5.6.
 */
int utc_parse(struct slice text, utc_time *out_time, unsigned *out_form);

/* Writes "2026-10-01T23:59:59Z"; "" for UTC_NONE. Returns: text. */
const char *utc_format(utc_time time, char text[static UTC_TIME_BYTES]);

/*
 * Reads "YYYY-MM-DD".
 * Returns: 0, or -1 where it is no day of the calendar.
 */
int utc_day_parse(struct slice text, utc_day *out_day);

/* Writes "2026-10-01"; "" for UTC_DAY_NONE. Returns: text. */
const char *utc_day_format(utc_day day, char text[static UTC_DAY_BYTES]);

/* The UTC day that holds a time; UTC_DAY_NONE for UTC_NONE. */
utc_day utc_day_of(utc_time time);

/* The day of a calendar date; month 1-12, day 1-31, not checked further. */
utc_day utc_day_from_civil(int year, int month, int day);
