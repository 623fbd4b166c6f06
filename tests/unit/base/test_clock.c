/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

#include "row.h"

static void a_fixed_clock_stands_still(void **state)
{
    struct clock clock = clock_fixed(1790000000);
    struct clock none = clock_fixed(UTC_NONE);

    (void)state;
    assert_int_equal(clock_now(&clock), 1790000000);
    assert_int_equal(clock_now(&clock), 1790000000);
    assert_true(clock_now(&none) == UTC_NONE);
}

static void the_machines_clock_is_in_this_age(void **state)
{
    (void)state;
    assert_true(clock_now(&clock_system) >
                (utc_time)utc_day_from_civil(2020, 1, 1) * UTC_DAY_SECONDS);
}

/* Only what is compiled for tests of many days lets a file move the clock. */
static void no_file_moves_the_clock_of_a_release(void **state)
{
    enum { AHEAD_S = 86400 };
    char path[] = "/tmp/clock-XXXXXX";
    utc_time before = clock_now(&clock_system);
    int fd = mkstemp(path);
    int64_t moved_s;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "86400\n", 6), 6);
    close(fd);
    setenv("TLSRPT_CLOCK_OFFSET", path, 1);
    moved_s = clock_now(&clock_system) - before;
    unsetenv("TLSRPT_CLOCK_OFFSET");
    unlink(path);
    assert_true(moved_s < AHEAD_S);
}

static void the_steady_clock_never_steps_back(void **state)
{
    int64_t last = clock_monotonic_ms();

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t now = clock_monotonic_ms();

        assert_true(now >= last);
        last = now;
    }
}

static void a_process_that_computes_has_its_time(void **state)
{
    int64_t before = clock_process_ms(getpid());

    (void)state;
    assert_true(before >= 0);
    while (clock_process_ms(getpid()) < before + 5)
        ;
    assert_int_equal(clock_process_ms(-1), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_clock_stands_still),
        cmocka_unit_test(the_machines_clock_is_in_this_age),
        cmocka_unit_test(no_file_moves_the_clock_of_a_release),
        cmocka_unit_test(the_steady_clock_never_steps_back),
        cmocka_unit_test(a_process_that_computes_has_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
