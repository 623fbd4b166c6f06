/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "service/pace.h"

enum { NOW = 1800000000 }; /* a minute begins */

static void a_host_has_its_cap_a_minute(void **state)
{
    struct pace pace;

    (void)state;
    pace_init(&pace, 2);
    assert_true(pace_take(&pace, SLICE("a.example"), NOW));
    assert_true(pace_take(&pace, SLICE("a.example"), NOW + 59));
    assert_false(pace_take(&pace, SLICE("a.example"), NOW + 59));
    assert_true(pace_take(&pace, SLICE("b.example"), NOW + 59));
    assert_true(pace_take(&pace, SLICE("a.example"), NOW + 60));
    assert_true(pace_take(&pace, SLICE("a.example"), NOW + 61));
    assert_false(pace_take(&pace, SLICE("a.example"), NOW + 119));
    pace_deinit(&pace);
}

static void ten_thousand_to_one_victim_are_capped(void **state)
{
    unsigned n_taken = 0;
    struct pace pace;

    (void)state;
    pace_init(&pace, 30);
    for (int i = 0; i < 10000; i++) {
        char other[32];

        snprintf(other, sizeof(other), "h%d.example", i);
        n_taken += pace_take(&pace, SLICE("victim.example"), NOW + i / 200);
        assert_true(pace_take(&pace, slice_of(other), NOW + i / 200));
    }
    assert_int_equal(n_taken, 30);
    pace_deinit(&pace);
}

static void without_a_cap_all_may(void **state)
{
    struct pace pace;

    (void)state;
    pace_init(&pace, 0);
    for (int i = 0; i < 1000; i++)
        assert_true(pace_take(&pace, SLICE("a.example"), NOW));
    pace_deinit(&pace);
    pace_init(&pace, 1);
    for (int i = 0; i < 1000; i++)
        assert_true(pace_take(&pace, SLICE(""), NOW));
    pace_deinit(&pace);
}

static void a_clock_set_back_does_not_stop_it(void **state)
{
    struct pace pace;

    (void)state;
    pace_init(&pace, 1);
    assert_true(pace_take(&pace, SLICE("a.example"), NOW));
    assert_true(pace_take(&pace, SLICE("a.example"), NOW - 3600));
    assert_false(pace_take(&pace, SLICE("a.example"), NOW - 3600));
    pace_deinit(&pace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_has_its_cap_a_minute),
        cmocka_unit_test(ten_thousand_to_one_victim_are_capped),
        cmocka_unit_test(without_a_cap_all_may),
        cmocka_unit_test(a_clock_set_back_does_not_stop_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
