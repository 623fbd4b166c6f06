/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/command.h"
#include "cli/options.h"

static void every_row_is_complete(void **state)
{
    (void)state;
    for (const struct command *row = command_table; row->name; row++) {
        assert_non_null(row->run);
        assert_non_null(row->arguments);
        assert_true(strlen(row->summary) > 0 && strlen(row->summary) <= 66);
        assert_true(row->summary[strlen(row->summary) - 1] != '.');
        assert_true(strlen(row->help) > 0);
        assert_true(row->formats & COMMAND_FORMAT_TEXT);
        assert_true(row->min_arguments <= row->max_arguments);
    }
}

static void own_options_hide_no_common_one(void **state)
{
    (void)state;
    for (const struct command *row = command_table; row->name; row++)
        for (const struct command_option *own = row->options; own && own->name;
             own++) {
            /* A flag, or a value that is written to text or kept in order. */
            assert_true(!own->flag != !own->value);
            assert_true(own->value || !own->text);
            for (const struct command_option *other = options_common;
                 other->name; other++) {
                assert_string_not_equal(own->name, other->name);
                assert_true(!own->letter || own->letter != other->letter);
            }
        }
}

static void names_are_found_and_suggested(void **state)
{
    (void)state;
    assert_string_equal(command_find("version")->name, "version");
    assert_null(command_find("versio"));
    assert_null(command_find(""));
    assert_string_equal(command_suggest("versoin"), "version");
    assert_null(command_suggest("qqqqqq"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_complete),
        cmocka_unit_test(own_options_hide_no_common_one),
        cmocka_unit_test(names_are_found_and_suggested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
