/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/suggest.h"

static void distance_counts_single_letters(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        { "", "", 0 },
        { "show", "show", 0 },
        { "show", "", 4 },
        { "shw", "show", 1 },
        { "shoow", "show", 1 },
        { "shaw", "show", 1 },
        { "hsow", "show", 1 },
        { "import", "export", 2 },
        { "summary", "summray", 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned met = suggest_distance(rows[i].a, rows[i].b);

        if (met != rows[i].distance)
            fail_msg("%s, %s: want %u, got %u", rows[i].a, rows[i].b,
                     rows[i].distance, met);
    }
}

static const char *nearest(const char *wanted)
{
    struct suggest suggest;

    suggest_init(&suggest, wanted);
    suggest_add(&suggest, "show");
    suggest_add(&suggest, "import");
    suggest_add(&suggest, "summary");
    return suggest.nearest;
}

static void nearest_name_is_suggested(void **state)
{
    (void)state;
    assert_string_equal(nearest("sohw"), "show");
    assert_string_equal(nearest("imprt"), "import");
    assert_string_equal(nearest("sum"), "summary");
}

static void far_names_are_not_suggested(void **state)
{
    (void)state;
    assert_null(nearest("frobnicate"));
    assert_null(nearest("xy"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distance_counts_single_letters),
        cmocka_unit_test(nearest_name_is_suggested),
        cmocka_unit_test(far_names_are_not_suggested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
