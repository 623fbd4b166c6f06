/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utc.h"

#include "row.h"

#define NO_ZONE UTC_FORM_NO_ZONE
#define LOOSE UTC_FORM_LOOSE

/* 2026-10-01T00:00:00Z */
#define OCT_1 INT64_C(1790812800)

static const struct {
    const char *name, *text;
    utc_time time; /* UTC_NONE: refused */
    unsigned form;
} rows[] = {
    { "as rfc 3339 has it", "2026-10-01T00:00:00Z", OCT_1, 0 },
    { "the epoch", "1970-01-01T00:00:00Z", 0, 0 },
    { "a second before", "1969-12-31T23:59:59Z", -1, 0 },
    { "first second there is", "0001-01-01T00:00:00Z", -62135596800, 0 },
    { "year 9999, last second", "9999-12-31T23:59:59Z", 253402300799, 0 },
    { "fraction", "2026-10-01T00:00:00.123456789Z", OCT_1, 0 },
    { "offset east", "2026-10-01T02:00:00+02:00", OCT_1, 0 },
    { "offset west", "2026-09-30T19:30:00-04:30", OCT_1, 0 },
    { "offset zero", "2026-10-01T00:00:00+00:00", OCT_1, 0 },
    { "offset unknown", "2026-10-01T00:00:00-00:00", OCT_1, 0 },
    { "leap second", "2016-12-31T23:59:60Z", 1483228800, 0 },
    { "lower-case letters", "2026-10-01t00:00:00z", OCT_1, UTC_FORM_LOWER },
    { "blank for T", "2026-10-01 00:00:00Z", OCT_1, UTC_FORM_LOWER },
    { "no zone", "2026-10-01T00:00:00", OCT_1, NO_ZONE },
    { "hour 24", "2026-09-30T24:00:00Z", OCT_1, UTC_FORM_HOUR_24 },
    { "hour 24 of the year's end", "2026-12-31T24:00:00Z", 1798761600,
      UTC_FORM_HOUR_24 },
    { "date alone", "2026-10-01", OCT_1, UTC_FORM_DATE },
    { "unix seconds", "1790812800", OCT_1, UTC_FORM_EPOCH },
    { "unix seconds of nine digits", "999999999", 999999999, UTC_FORM_EPOCH },
    { "unix seconds zero", "0", 0, UTC_FORM_EPOCH },
    { "several at once", "2026-09-30 24:00:00.5", OCT_1,
      NO_ZONE | UTC_FORM_LOWER | UTC_FORM_HOUR_24 },
    { "leap day", "2024-02-29T00:00:00Z", 1709164800, 0 },
    { "leap day of a 400th year", "2000-02-29T00:00:00Z", 951782400, 0 },
    /* not as RFC 3339 has it, but clear */
    { "no seconds", "2026-10-01T00:00Z", OCT_1, LOOSE },
    { "comma before the fraction", "2026-10-01T00:00:00,5Z", OCT_1, LOOSE },
    { "blank before the zone", "2026-10-01T00:00:00 Z", OCT_1, LOOSE },
    { "offset without colon", "2026-10-01T02:00:00+0200", OCT_1, LOOSE },
    { "zero offset without colon", "2026-10-01T00:00:00+0000", OCT_1, LOOSE },
    { "blanks around", " 2026-10-01T00:00:00Z\n", OCT_1, LOOSE },
    /* refused */
    { "empty", "", UTC_NONE, 0 },
    { "blanks", "  ", UTC_NONE, 0 },
    { "words", "yesterday", UTC_NONE, 0 },
    { "year 0", "0000-01-01T00:00:00Z", UTC_NONE, 0 },
    { "year 10000", "10000-01-01T00:00:00Z", UTC_NONE, 0 },
    { "before year 1 by its offset", "0001-01-01T00:00:00+00:01", UTC_NONE, 0 },
    { "behind year 9999 by its offset", "9999-12-31T23:59:59-00:01", UTC_NONE,
      0 },
    { "behind year 9999 by hour 24", "9999-12-31T24:00:00Z", UTC_NONE, 0 },
    { "behind year 9999 by a leap second", "9999-12-31T23:59:60Z", UTC_NONE,
      0 },
    { "month 0", "2026-00-01", UTC_NONE, 0 },
    { "month 13", "2026-13-01", UTC_NONE, 0 },
    { "day 0", "2026-10-00", UTC_NONE, 0 },
    { "day 31 of 30", "2026-09-31", UTC_NONE, 0 },
    { "29 february of a common year", "2026-02-29", UTC_NONE, 0 },
    { "29 february of a hundredth year", "1900-02-29", UTC_NONE, 0 },
    { "hour 25", "2026-10-01T25:00:00Z", UTC_NONE, 0 },
    { "hour 24 and a second", "2026-10-01T24:00:01Z", UTC_NONE, 0 },
    { "minute 60", "2026-10-01T00:60:00Z", UTC_NONE, 0 },
    { "second 61", "2026-10-01T00:00:61Z", UTC_NONE, 0 },
    { "offset hour 24", "2026-10-01T00:00:00+24:00", UTC_NONE, 0 },
    { "offset minute 60", "2026-10-01T00:00:00+00:60", UTC_NONE, 0 },
    { "zone name", "2026-10-01T00:00:00 UTC", UTC_NONE, 0 },
    { "text behind", "2026-10-01T00:00:00Zx", UTC_NONE, 0 },
    { "fraction without digits", "2026-10-01T00:00:00.Z", UTC_NONE, 0 },
    { "one digit for the month", "2026-1-01", UTC_NONE, 0 },
    { "sign before the year", "-026-10-01", UTC_NONE, 0 },
    { "american date", "10/01/2026", UTC_NONE, 0 },
    { "mail date", "Thu, 01 Oct 2026 00:00:00 +0000", UTC_NONE, 0 },
    { "a year alone", "2026", UTC_NONE, 0 },
    { "date without hyphens", "20261001", UTC_NONE, 0 },
    { "unix seconds with leading zero", "0790812800", UTC_NONE, 0 },
    { "negative unix seconds", "-1790812800", UTC_NONE, 0 },
    { "unix milliseconds", "1790812800000", UTC_NONE, 0 },
    { "huge number", "99999999999999999999999999999999", UTC_NONE, 0 },
};

static void dates_are_read_with_their_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        utc_time time = UTC_NONE;
        unsigned form = 0;
        int rc = utc_parse(slice_of(rows[i].text), &time, &form);

        ROW_NUMBER(rows[i].name, rc, rows[i].time == UTC_NONE ? -1 : 0);
        ROW_NUMBER(rows[i].name, time, rows[i].time);
        ROW_NUMBER(rows[i].name, form, rows[i].form);
        if (rc == 0)
            assert_int_equal(utc_parse(slice_of(rows[i].text), &time, NULL), 0);
    }
}

/* Cut anywhere a date is another date or none: no read past its end. */
static void dates_cut_anywhere_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t len = 0; len < strlen(rows[i].text); len++) {
            char *exact = test_malloc(len + 1);
            utc_time time = 1;
            unsigned form = 1;

            memcpy(exact, rows[i].text, len);
            exact[len] = '9';
            if (utc_parse(slice_make(exact, len), &time, &form)) {
                ROW_NUMBER(rows[i].name, time, 1);
                ROW_NUMBER(rows[i].name, form, 1);
            }
            test_free(exact);
        }
    }
}

static void what_is_written_is_read_the_same(void **state)
{
    static const utc_time times[] = { -62135596800,
                                      -62135596799,
                                      -86401,
                                      -86400,
                                      -1,
                                      0,
                                      1,
                                      86399,
                                      86400,
                                      OCT_1,
                                      951782399,
                                      4102444800,
                                      253402300799 };
    char text[UTC_TIME_BYTES];

    (void)state;
    for (size_t i = 0; i < ROWS(times); i++) {
        utc_time back;
        unsigned form;

        utc_format(times[i], text);
        assert_int_equal(utc_parse(slice_of(text), &back, &form), 0);
        ROW_NUMBER(text, back, times[i]);
        ROW_NUMBER(text, form, UTC_FORM_RFC3339);
        assert_int_equal(strlen(text), 20);
    }
    assert_string_equal(utc_format(OCT_1 + 86399, text),
                        "2026-10-01T23:59:59Z");
    assert_string_equal(utc_format(UTC_NONE, text), "");
}

/* Counted by hand from 1 January 0001, so that no formula vouches for itself. */
static void every_day_to_9999_is_as_counted(void **state)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };
    char text[UTC_DAY_BYTES], expected[UTC_DAY_BYTES];
    utc_day day = -719162;

    (void)state;
    for (int year = 1; year <= 9999; year++) {
        bool is_leap = year % 4 == 0 && (year % 100 || year % 400 == 0);

        for (int month = 1; month <= 12; month++) {
            int last = lengths[month - 1] + (month == 2 && is_leap);

            for (int mday = 1; mday <= last; mday += mday == 1 ? last - 1 : 1) {
                utc_day that = day + mday - 1, back = 0;

                snprintf(expected, sizeof(expected), "%04d-%02d-%02d", year,
                         month, mday);
                assert_int_equal(utc_day_from_civil(year, month, mday), that);
                assert_string_equal(utc_day_format(that, text), expected);
                assert_int_equal(utc_day_parse(slice_of(text), &back), 0);
                assert_int_equal(back, that);
            }
            day += last;
        }
    }
    assert_int_equal(day, 2932897);
}

static void only_calendar_days_are_days(void **state)
{
    static const char *const bad[] = {
        "",           "2026-10-1",  "2026-10-011", "2026-10-01T", " 2026-10-01",
        "2026-02-30", "0000-01-01", "1790812800",  "2026/10/01"
    };
    utc_day day = 77;
    char text[UTC_DAY_BYTES];

    (void)state;
    for (size_t i = 0; i < ROWS(bad); i++) {
        ROW_NUMBER(bad[i], utc_day_parse(slice_of(bad[i]), &day), -1);
        ROW_NUMBER(bad[i], day, 77);
    }
    assert_string_equal(utc_day_format(UTC_DAY_NONE, text), "");
    assert_string_equal(utc_day_format(0, text), "1970-01-01");
}

static void a_day_holds_its_first_and_last_second(void **state)
{
    (void)state;
    assert_int_equal(utc_day_of(0), 0);
    assert_int_equal(utc_day_of(86399), 0);
    assert_int_equal(utc_day_of(86400), 1);
    assert_int_equal(utc_day_of(-1), -1);
    assert_int_equal(utc_day_of(-86400), -1);
    assert_int_equal(utc_day_of(-86401), -2);
    assert_int_equal(utc_day_of(UTC_NONE), UTC_DAY_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_with_their_form),
        cmocka_unit_test(dates_cut_anywhere_are_read_or_refused),
        cmocka_unit_test(what_is_written_is_read_the_same),
        cmocka_unit_test(every_day_to_9999_is_as_counted),
        cmocka_unit_test(only_calendar_days_are_days),
        cmocka_unit_test(a_day_holds_its_first_and_last_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
