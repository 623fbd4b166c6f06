/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/progress.h"

static const char *line(int64_t done, int64_t total, int64_t ms, unsigned width)
{
    static char text[PROGRESS_LINE_BYTES];
    struct progress_state state = { done, 1234, 5, NULL };

    return progress_format(&state, total, ms, width, text);
}

static void bar_grows_with_the_work(void **state)
{
    (void)state;
    assert_string_equal(line(0, 100, 0, 50),
                        "[..................]   0 % 1,234 inputs, 5 refused");
    assert_string_equal(line(50, 100, 0, 50),
                        "[#########.........]  50 % 1,234 inputs, 5 refused");
    assert_string_equal(line(100, 100, 0, 50),
                        "[##################] 100 % 1,234 inputs, 5 refused");
    assert_string_equal(line(200, 100, 0, 50),
                        "[##################] 100 % 1,234 inputs, 5 refused");
}

static void time_left_is_told_after_a_while(void **state)
{
    (void)state;
    assert_non_null(strstr(line(25, 100, 30000, 79), ", 1:30 left"));
    assert_null(strstr(line(25, 100, 1000, 79), "left"));
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    for (unsigned width = 1; width < 140; width++)
        assert_true(strlen(line(30, 100, 9000, width)) <= width);
}

static void unknown_size_has_no_bar(void **state)
{
    (void)state;
    assert_string_equal(line(30, 0, 9000, 79), "1,234 inputs, 5 refused");
}

static void other_work_says_what_it_is(void **state)
{
    const struct progress_state sums = { .done_bytes = 50, .what = "sums" };
    char text[PROGRESS_LINE_BYTES];

    (void)state;
    assert_string_equal(progress_format(&sums, 100, 0, 24, text),
                        "[#####......]  50 % sums");
    assert_string_equal(progress_format(&sums, 0, 0, 24, text), "sums");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bar_grows_with_the_work),
        cmocka_unit_test(other_work_says_what_it_is),
        cmocka_unit_test(time_left_is_told_after_a_while),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(unknown_size_has_no_bar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
