/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "cli/refusals.h"

static void reasons_that_differ_in_digits_are_one(void **state)
{
    struct refusals refusals;

    (void)state;
    refusals_init(&refusals);
    refusals_add(&refusals, "a", "is empty");
    for (int i = 0; i < 40; i++) {
        char reason[64];

        snprintf(reason, sizeof(reason), "not JSON at octet %d", i);
        refusals_add(&refusals, "b", reason);
    }
    refusals_sort(&refusals);
    assert_int_equal(refusals.n_groups, 2);
    assert_int_equal(refusals.groups[0].n_inputs, 40);
    assert_string_equal(refusals.groups[0].reason, "not JSON at octet 0");
    assert_string_equal(refusals.groups[0].example, "b");
    assert_string_equal(refusals.groups[1].reason, "is empty");
    refusals_deinit(&refusals);
}

static void many_reasons_are_kept_apart(void **state)
{
    struct refusals refusals;
    char reason[] = "reason aa";

    (void)state;
    refusals_init(&refusals);
    for (int i = 0; i < 600; i++) {
        reason[7] = (char)('a' + i % 26);
        reason[8] = (char)('a' + i / 26);
        refusals_add(&refusals, "x", reason);
    }
    refusals_add(&refusals, "x", "reason zb");
    refusals_sort(&refusals);
    assert_int_equal(refusals.n_groups, 600);
    assert_string_equal(refusals.groups[0].reason, "reason zb");
    assert_int_equal(refusals.groups[0].n_inputs, 2);
    refusals_deinit(&refusals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons_that_differ_in_digits_are_one),
        cmocka_unit_test(many_reasons_are_kept_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
