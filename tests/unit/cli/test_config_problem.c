/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/config_problem.h"

static struct config_place at(const char *file, unsigned line)
{
    return (struct config_place){ file, line };
}

static void problems_are_put_in_order(void **state)
{
    static const char a[] = "a", b[] = "b";
    struct config_problems problems;
    struct err err;

    (void)state;
    config_problems_init(&problems);
    assert_int_equal(config_problems_error(&problems, &err), 0);
    config_problems_add(&problems, CONFIG_WARNING, at(b, 9), "one");
    config_problems_add(&problems, CONFIG_ERROR, at(a, 5), "two");
    config_problems_add(&problems, CONFIG_ERROR, at(b, 3), "three %d", 3);
    config_problems_add(&problems, CONFIG_ERROR, at(a, 5), "four");
    config_problems_sort(&problems);
    assert_string_equal(problems.rows[0].text, "three 3");
    assert_string_equal(problems.rows[1].text, "one");
    assert_string_equal(problems.rows[2].text, "two");
    assert_string_equal(problems.rows[3].text, "four");
    assert_int_equal(problems.n_errors, 3);
    assert_int_equal(problems.n_warnings, 1);
    assert_int_equal(config_problems_error(&problems, &err), -1);
    assert_string_equal(err.text, "b:3: three 3");
    config_problems_deinit(&problems);
}

static void warnings_do_not_crowd_errors_out(void **state)
{
    struct config_problems problems;
    struct err err;

    (void)state;
    config_problems_init(&problems);
    for (int i = 0; i < 2 * CONFIG_PROBLEMS_MAX; i++)
        config_problems_add(&problems, CONFIG_WARNING, at("f", 1), "w");
    config_problems_add(&problems, CONFIG_ERROR, at("f", 0), "e");
    assert_int_equal(problems.n_warnings, 2 * CONFIG_PROBLEMS_MAX);
    assert_int_equal(config_problems_error(&problems, &err), -1);
    assert_string_equal(err.text, "f: e");
    config_problems_deinit(&problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_are_put_in_order),
        cmocka_unit_test(warnings_do_not_crowd_errors_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
