/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "collect/day.h"

#include "collect/events.h"
#include "collect/limits.h"

#define AT(day, s) ((utc_time)(day)*UTC_DAY_SECONDS + (s))

static void a_session_belongs_to_the_day_it_came_on(void **state)
{
    (void)state;
    assert_int_equal(day_of_session(AT(100, 0), UTC_DAY_NONE), 100);
    assert_int_equal(day_of_session(AT(100, 86399), 99), 100);
    assert_int_equal(day_of_session(AT(101, 0), 99), 101);
}

static void a_closed_day_is_not_opened_again(void **state)
{
    (void)state;
    assert_int_equal(day_of_session(AT(100, 86399), 100), 101);
    assert_int_equal(day_of_session(AT(50, 0), 100), 101);
    assert_int_equal(day_of_session(-5, UTC_DAY_NONE), 0);
}

static void an_ordinary_clock_is_trusted(void **state)
{
    struct day_watch watch;

    (void)state;
    day_watch_init(&watch, AT(100, 0), 1000, 99);
    assert_true(day_watch_trusts(&watch, AT(100, 10), 1010));
    assert_true(day_watch_trusts(&watch, AT(101, 10), 1010 + 86400));
    /* Steps of hours, there and back. */
    assert_true(day_watch_trusts(&watch, AT(102, 10), 1020 + 86400));
    assert_true(day_watch_trusts(&watch, AT(101, 20), 1030 + 86400));
}

static void a_clock_that_leaps_is_doubted_for_a_while(void **state)
{
    struct day_watch watch;

    (void)state;
    day_watch_init(&watch, AT(100, 0), 1000, 99);
    assert_false(day_watch_trusts(&watch, AT(500, 0), 1001));
    assert_false(
        day_watch_trusts(&watch, AT(500, 599), 1000 + COLLECT_DOUBT_S));
    assert_true(day_watch_trusts(&watch, AT(500, 601), 1001 + COLLECT_DOUBT_S));
}

static void a_clock_that_comes_back_is_trusted(void **state)
{
    struct day_watch watch;

    (void)state;
    day_watch_init(&watch, AT(100, 0), 1000, 99);
    assert_false(day_watch_trusts(&watch, AT(500, 0), 1001));
    assert_true(day_watch_trusts(&watch, AT(100, 5), 1005));
}

static void a_leap_is_not_gone_by(void **state)
{
    struct day_watch watch;

    (void)state;
    day_watch_init(&watch, AT(100, 0), 1000, 99);
    assert_int_equal(day_watch_time(&watch, AT(100, 5), 1005), AT(100, 5));
    /* An hour is. */
    assert_int_equal(day_watch_time(&watch, AT(100, 3606), 1006),
                     AT(100, 3606));
    assert_int_equal(day_watch_time(&watch, AT(500, 7), 1007), AT(100, 3607));
    /* Half-way back is another leap. */
    assert_int_equal(day_watch_time(&watch, AT(300, 600), 1600), AT(100, 4200));
    assert_false(day_watch_trusts(&watch, AT(300, 608), 1608));
    assert_int_equal(day_watch_time(&watch, AT(100, 610), 1610), AT(100, 610));
    assert_true(day_watch_trusts(&watch, AT(100, 611), 1611));
    /* What it has said for long enough is so. */
    assert_int_equal(day_watch_time(&watch, AT(110, 0), 1612), AT(100, 612));
    assert_int_equal(day_watch_time(&watch, AT(110, COLLECT_DOUBT_S),
                                    1612 + COLLECT_DOUBT_S),
                     AT(110, COLLECT_DOUBT_S));
    /* Nothing is known of before an absence. */
    day_watch_init(&watch, AT(200, 0), 1000, 100);
    assert_int_equal(day_watch_time(&watch, AT(200, 5), 1005), AT(200, 5));
}

static void a_long_absence_is_doubted(void **state)
{
    struct day_watch watch;

    (void)state;
    day_watch_init(&watch, AT(100 + COLLECT_AWAY_DAYS, 0), 1000, 100);
    assert_true(day_watch_trusts(&watch, AT(100 + COLLECT_AWAY_DAYS, 1), 1001));
    day_watch_init(&watch, AT(101 + COLLECT_AWAY_DAYS, 0), 1000, 100);
    assert_false(
        day_watch_trusts(&watch, AT(101 + COLLECT_AWAY_DAYS, 1), 1001));
    day_watch_init(&watch, AT(20000, 0), 1000, UTC_DAY_NONE);
    assert_true(day_watch_trusts(&watch, AT(20000, 1), 1001));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_belongs_to_the_day_it_came_on),
        cmocka_unit_test(a_closed_day_is_not_opened_again),
        cmocka_unit_test(an_ordinary_clock_is_trusted),
        cmocka_unit_test(a_clock_that_leaps_is_doubted_for_a_while),
        cmocka_unit_test(a_clock_that_comes_back_is_trusted),
        cmocka_unit_test(a_leap_is_not_gone_by),
        cmocka_unit_test(a_long_absence_is_doubted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
