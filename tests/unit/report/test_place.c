/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "report/place.h"

static void spells_json_pointers(void **state)
{
    struct place root = place_member(NULL, SLICE("policies"));
    struct place element = place_element(&root, 12);
    struct place inner = place_member(&element, SLICE("policy"));
    struct place first = place_element(&inner, 0);
    struct arena arena;

    (void)state;
    arena_init(&arena, 4096);
    assert_string_equal(place_format(NULL, &arena), "");
    assert_string_equal(place_format(&root, &arena), "/policies");
    assert_string_equal(place_format(&element, &arena), "/policies/12");
    assert_string_equal(place_format(&inner, &arena), "/policies/12/policy");
    assert_string_equal(place_format(&first, &arena), "/policies/12/policy/0");
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spells_json_pointers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
