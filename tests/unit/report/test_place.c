/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "report/place.h"

static void spells_json_pointers(void **state)
{
    struct place root = place_member(NULL, SLICE("policies"));
    struct place element = place_element(&root, 12);
    struct place odd = place_member(&element, SLICE("a/b~c"));
    struct arena arena;

    (void)state;
    arena_init(&arena, 4096);
    assert_string_equal(place_format(NULL, &arena), "");
    assert_string_equal(place_format(&root, &arena), "/policies");
    assert_string_equal(place_format(&odd, &arena), "/policies/12/a~1b~0c");
    arena_deinit(&arena);
}

static void cuts_names_of_strangers(void **state)
{
    static char name[5000];
    struct place place;
    struct arena arena;

    (void)state;
    memset(name, 'x', sizeof(name));
    place = place_member(NULL, slice_make(name, sizeof(name)));
    arena_init(&arena, 1 << 16);
    assert_int_equal(strlen(place_format(&place, &arena)), 1024);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spells_json_pointers),
        cmocka_unit_test(cuts_names_of_strangers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
