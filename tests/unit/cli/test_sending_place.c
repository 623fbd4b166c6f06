/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/sending_place.h"

static struct arena arena;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 100000);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_deinit(&arena);
    return 0;
}

static void an_option_is_url_or_path(void **state)
{
    (void)state;
    assert_string_equal(sending_place_of(&arena, "/a/t.db", &err),
                        "sqlite:/a/t.db");
    assert_string_equal(sending_place_of(&arena, "sqlite:t.db", &err),
                        "sqlite:t.db");
}

static void a_file_stands_beside_the_store(void **state)
{
    (void)state;
    assert_string_equal(
        sending_place_beside(&arena, "sqlite:/a/b.db", "tally.db", &err),
        "sqlite:/a/tally.db");
    assert_string_equal(
        sending_place_beside(&arena, "sqlite:b.db", "tally.db", &err),
        "sqlite:tally.db");
}

static void a_source_has_a_tally_of_its_name(void **state)
{
    struct outgoing_source source = { .name = "mx2" };

    (void)state;
    assert_string_equal(
        sending_place_source(&arena, "sqlite:/a/b.db", &source, &err),
        "sqlite:/a/source-mx2.db");
    source.tally = "sqlite:/c.db";
    assert_string_equal(
        sending_place_source(&arena, "sqlite:/a/b.db", &source, &err),
        "sqlite:/c.db");
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_option_is_url_or_path),
        test(a_file_stands_beside_the_store),
        test(a_source_has_a_tally_of_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
