/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static bool strict;
static const char *since;
static const char *domains[COMMAND_VALUES_MAX + 1];
static const struct command_option own[] = {
    { "strict", NULL, "", &strict, NULL, 's' },
    { "since", "TIME", "", NULL, &since, 0 },
    { .name = "domain", .value = "DOMAIN...", .help = "", .text = domains },
    { .name = "policy", .value = "TYPE...", .help = "" },
    { .name = "failure", .value = "TYPE...", .help = "" },
    { 0 }
};
static const struct command command = { .name = "show", .options = own };

/* Splits words at blanks and parses them. */
static int parse(const char *words, const struct command *row, int *out_first,
                 char **out_argv, struct err *err)
{
    static char text[2048];
    int argc = 0;

    options_reset();
    strict = false;
    since = NULL;
    memset(domains, 0, sizeof(domains));
    snprintf(text, sizeof(text), "%s", words);
    for (char *at = text; at; argc++) {
        out_argv[argc] = at;
        at = strchr(at, ' ');
        if (at)
            *at++ = '\0';
    }
    out_argv[argc] = NULL;
    return options_parse(argc, out_argv, row, out_first, err);
}

static void options_stand_between_arguments(void **state)
{
    char *argv[16];
    struct err err;
    int first;

    (void)state;
    assert_int_equal(parse("show a --strict b --since 3d -q c", &command,
                           &first, argv, &err),
                     0);
    assert_true(strict);
    assert_true(arg_quiet);
    assert_false(arg_verbose);
    assert_string_equal(since, "3d");
    assert_string_equal(argv[first], "a");
    assert_string_equal(argv[first + 2], "c");
    assert_null(argv[first + 3]);
}

static void double_dash_ends_options(void **state)
{
    char *argv[16];
    struct err err;
    int first;

    (void)state;
    assert_int_equal(parse("show -- --strict", &command, &first, argv, &err),
                     0);
    assert_false(strict);
    assert_string_equal(argv[first], "--strict");
}

static void leading_options_end_at_the_command(void **state)
{
    char *argv[16];
    struct err err;
    int first;

    (void)state;
    assert_int_equal(
        parse("tlsrpt --store x -v show --strict", NULL, &first, argv, &err),
        0);
    assert_string_equal(arg_store, "x");
    assert_true(arg_verbose);
    assert_string_equal(argv[first], "show");
}

static void words_of_format_and_color_are_read(void **state)
{
    char *argv[16];
    struct err err;
    int first;

    (void)state;
    assert_int_equal(
        parse("show --format=json --color never", &command, &first, argv, &err),
        0);
    assert_int_equal(arg_format, COMMAND_FORMAT_JSON);
    assert_int_equal(arg_color, OPTIONS_COLOR_NEVER);
    assert_int_equal(parse("show --format csv", &command, &first, argv, &err),
                     0);
    assert_int_equal(arg_format, COMMAND_FORMAT_CSV);
}

static void bad_options_are_usage_errors_that_name_them(void **state)
{
    static const struct {
        const char *words, *says;
    } rows[] = {
        { "show --sotre x",
          "there is no option --sotre; did you mean --store?" },
        { "show --zzzzzzzz", "there is no option --zzzzzzzz" },
        { "show a --strict -q -x", "there is no option -x" },
        { "show -xq", "there is no option -x" },
        { "show --since", "--since needs a value" },
        { "show --strict=1", "--strict takes no value" },
        { "show --format=yaml", "--format is text, json or csv, not 'yaml'" },
        { "show --color=red", "--color is auto, always or never, not 'red'" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *argv[16];
        struct err err = { 0 };
        int first = -7;

        assert_int_equal(parse(rows[i].words, &command, &first, argv, &err),
                         -1);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_string_equal(err.text, rows[i].says);
    }
}

static void an_option_may_be_given_often(void **state)
{
    char *argv[2 * COMMAND_VALUES_MAX + 8];
    char words[2048] = "show";
    struct err err;
    int first;

    (void)state;
    assert_int_equal(parse("show --domain a --strict --domain=b x", &command,
                           &first, argv, &err),
                     0);
    assert_null(domains[2]);
    assert_string_equal(domains[0], "a");
    assert_string_equal(domains[1], "b");
    assert_string_equal(argv[first], "x");
    for (unsigned i = 0; i <= COMMAND_VALUES_MAX; i++)
        snprintf(words + strlen(words), sizeof(words) - strlen(words),
                 " --domain=%u", i);
    assert_int_equal(parse(words, &command, &first, argv, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void order_is_kept_for_who_asks(void **state)
{
    static const char *const expected[] = { "policy",  "1", "failure", "2",
                                            "failure", "3", "policy",  "4" };
    const struct options_value *values;
    char *argv[16];
    struct err err;
    int first;
    size_t n;

    (void)state;
    assert_int_equal(parse("show --policy 1 a --failure=2 --since 3d --failure "
                           "3 b --policy 4",
                           &command, &first, argv, &err),
                     0);
    values = options_in_order(&n);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(values[i].option->name, expected[2 * i]);
        assert_string_equal(values[i].value, expected[2 * i + 1]);
    }
    options_reset();
    options_in_order(&n);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_option_may_be_given_often),
        cmocka_unit_test(options_stand_between_arguments),
        cmocka_unit_test(double_dash_ends_options),
        cmocka_unit_test(leading_options_end_at_the_command),
        cmocka_unit_test(words_of_format_and_color_are_read),
        cmocka_unit_test(bad_options_are_usage_errors_that_name_them),
        cmocka_unit_test(order_is_kept_for_who_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
