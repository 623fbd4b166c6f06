/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/repute.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "service/limits.h"

static void who_answers_soon_is_quick_until_it_does_not(void **state)
{
    struct repute repute;

    (void)state;
    repute_init(&repute);
    assert_false(repute_is_quick(&repute, SLICE("a.example")));
    repute_note(&repute, SLICE("a.example"), SERVICE_CREW_QUICK_MS);
    assert_true(repute_is_quick(&repute, SLICE("a.example")));
    assert_false(repute_is_quick(&repute, SLICE("b.example")));
    repute_note(&repute, SLICE("b.example"), SERVICE_CREW_QUICK_MS + 1);
    assert_false(repute_is_quick(&repute, SLICE("b.example")));
    repute_note(&repute, SLICE("a.example"), SERVICE_CREW_QUICK_MS + 1);
    assert_false(repute_is_quick(&repute, SLICE("a.example")));
}

static void the_last_ones_are_remembered(void **state)
{
    struct repute repute;
    char name[32];

    (void)state;
    repute_init(&repute);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < REPUTE_HOSTS; i++) {
            snprintf(name, sizeof(name), "h%d.example", i);
            repute_note(&repute, slice_of(name), 0);
        }
    }
    assert_true(repute_is_quick(&repute, SLICE("h0.example")));
    repute_note(&repute, SLICE("one.more.example"), 0);
    assert_false(repute_is_quick(&repute, SLICE("h0.example")));
    assert_true(repute_is_quick(&repute, SLICE("h1.example")));
    assert_true(repute_is_quick(&repute, SLICE("one.more.example")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_answers_soon_is_quick_until_it_does_not),
        cmocka_unit_test(the_last_ones_are_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
