/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/utc.h"

#include <stdbool.h>
#include <stdio.h>

#define FIRST_TIME INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define LAST_TIME INT64_C(253402300799)  /* 9999-12-31T23:59:59Z */

/* Days from 1970-01-01, by counting years from March so that the leap day
 * comes last in its year. */
utc_day utc_day_from_civil(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int shifted = month > 2 ? month - 3 : month + 9;
    int day_of_year = (153 * shifted + 2) / 5 + day - 1;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static void civil_from_day(utc_day day, int *year, int *month, int *mday)
{
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int shifted = (5 * doy + 2) / 153;

    *mday = doy - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes exactly `digits` digits off the front of *s. */
static int take_number(struct slice *s, size_t digits, int *out)
{
    int value = 0;

    if (s->len < digits)
        return -1;
    for (size_t i = 0; i < digits; i++) {
        if (!is_digit(s->ptr[i]))
            return -1;
        value = value * 10 + (s->ptr[i] - '0');
    }
    *s = slice_skip(*s, digits);
    *out = value;
    return 0;
}

static int take_char(struct slice *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return -1;
    *s = slice_skip(*s, 1);
    return 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static int take_date(struct slice *s, utc_day *out)
{
    int year, month, day;

    if (take_number(s, 4, &year) || take_char(s, '-') ||
        take_number(s, 2, &month) || take_char(s, '-') ||
        take_number(s, 2, &day))
        return -1;
    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return -1;
    *out = utc_day_from_civil(year, month, day);
    return 0;
}

static void take_fraction(struct slice *s, unsigned *form)
{
    if (s->len < 2 || (s->ptr[0] != '.' && s->ptr[0] != ',') ||
        !is_digit(s->ptr[1]))
        return;
    if (s->ptr[0] == ',')
        *form |= UTC_FORM_LOOSE;
    *s = slice_skip(*s, 1);
    while (s->len && is_digit(s->ptr[0]))
        *s = slice_skip(*s, 1);
}

static int take_clock(struct slice *s, int *out_seconds, unsigned *form)
{
    int hour, minute, second = 0;

    if (take_number(s, 2, &hour) || take_char(s, ':') ||
        take_number(s, 2, &minute))
        return -1;
    if (take_char(s, ':'))
        *form |= UTC_FORM_LOOSE;
    else if (take_number(s, 2, &second))
        return -1;
    take_fraction(s, form);
    if (hour > 24 || minute > 59 || second > 60)
        return -1;
    if (hour == 24) {
        if (minute || second)
            return -1;
        *form |= UTC_FORM_HOUR_24;
    }
    *out_seconds = hour * 3600 + minute * 60 + second;
    return 0;
}

/* "Z", "+02:00", "+0200" or nothing. */
static int take_zone(struct slice *s, int *out_seconds, unsigned *form)
{
    int hour, minute, sign;

    *out_seconds = 0;
    if (s->len == 0) {
        *form |= UTC_FORM_NO_ZONE;
        return 0;
    }
    if (take_char(s, 'Z') == 0)
        return 0;
    if (take_char(s, 'z') == 0) {
        *form |= UTC_FORM_LOWER;
        return 0;
    }
    sign = s->ptr[0] == '-' ? -1 : 1;
    if (take_char(s, sign < 0 ? '-' : '+') || take_number(s, 2, &hour))
        return -1;
    if (take_char(s, ':'))
        *form |= UTC_FORM_LOOSE;
    if (take_number(s, 2, &minute) || hour > 23 || minute > 59)
        return -1;
    *out_seconds = sign * (hour * 3600 + minute * 60);
    return 0;
}

/* Unix seconds: nine to eleven digits, so that no year passes for one. */
static int parse_epoch(struct slice s, utc_time *out, unsigned *form)
{
    utc_time value = 0;

    if (s.len > 11 || (s.len > 1 && s.ptr[0] == '0'))
        return -1;
    if (s.len != 1 && (s.len < 9 || s.len > 11))
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return -1;
        value = value * 10 + (s.ptr[i] - '0');
    }
    *form = UTC_FORM_EPOCH;
    *out = value;
    return 0;
}

/* What follows a date: nothing, or a letter, a clock and a zone. */
static int take_rest(struct slice *s, int *out_seconds, unsigned *form)
{
    int clock, zone;
    size_t len;

    *out_seconds = 0;
    if (s->len == 0) {
        *form |= UTC_FORM_DATE;
        return 0;
    }
    if (s->ptr[0] != 'T' && s->ptr[0] != 't' && s->ptr[0] != ' ')
        return -1;
    if (s->ptr[0] != 'T')
        *form |= UTC_FORM_LOWER;
    *s = slice_skip(*s, 1);
    if (take_clock(s, &clock, form))
        return -1;
    len = s->len;
    *s = slice_trim(*s);
    if (s->len != len)
        *form |= UTC_FORM_LOOSE;
    if (take_zone(s, &zone, form) || s->len)
        return -1;
    *out_seconds = clock - zone;
    return 0;
}

int utc_parse(struct slice text, utc_time *out_time, unsigned *out_form)
{
    struct slice s = slice_trim(text);
    unsigned form = 0;
    utc_time time;
    utc_day day;
    int seconds;

    if (parse_epoch(s, &time, &form)) {
        if (take_date(&s, &day) || take_rest(&s, &seconds, &form))
            return -1;
        time = (utc_time)day * UTC_DAY_SECONDS + seconds;
    }
    /* An offset, hour 24 or a leap second may lead out of the calendar. */
    if (time < FIRST_TIME || time > LAST_TIME)
        return -1;
    if (slice_trim(text).len != text.len)
        form |= UTC_FORM_LOOSE;
    *out_time = time;
    if (out_form)
        *out_form = form;
    return 0;
}

const char *utc_format(utc_time time, char text[static UTC_TIME_BYTES])
{
    int year, month, mday, rest;

    text[0] = '\0';
    if (time == UTC_NONE)
        return text;
    civil_from_day(utc_day_of(time), &year, &month, &mday);
    rest = (int)(time - (utc_time)utc_day_of(time) * UTC_DAY_SECONDS);
    snprintf(text, UTC_TIME_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", year,
             month, mday, rest / 3600, rest / 60 % 60, rest % 60);
    return text;
}

int utc_day_parse(struct slice text, utc_day *out_day)
{
    utc_day day;

    if (take_date(&text, &day) || text.len)
        return -1;
    *out_day = day;
    return 0;
}

static void put_digits(char *text, size_t n, int number)
{
    while (n-- > 0) {
        text[n] = (char)('0' + number % 10);
        number /= 10;
    }
}

const char *utc_day_format(utc_day day, char text[static UTC_DAY_BYTES])
{
    int year, month, mday;

    text[0] = '\0';
    if (day == UTC_DAY_NONE)
        return text;
    civil_from_day(day, &year, &month, &mday);
    if (year < 0 || year > 9999) {
        snprintf(text, UTC_DAY_BYTES, "%04d-%02d-%02d", year, month, mday);
        return text;
    }
    /* A page shows 15,000 days, and printf would be the most of its cost. */
    put_digits(text, 4, year);
    text[4] = '-';
    put_digits(text + 5, 2, month);
    text[7] = '-';
    put_digits(text + 8, 2, mday);
    text[10] = '\0';
    return text;
}

utc_day utc_day_of(utc_time time)
{
    if (time == UTC_NONE)
        return UTC_DAY_NONE;
    if (time >= 0)
        return (utc_day)(time / UTC_DAY_SECONDS);
    return (utc_day)((time - (UTC_DAY_SECONDS - 1)) / UTC_DAY_SECONDS);
}
