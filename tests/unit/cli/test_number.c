/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/number.h"

static void counts_have_commas(void **state)
{
    static const struct {
        int64_t count;
        const char *text;
    } rows[] = {
        { 0, "0" },
        { 999, "999" },
        { 1000, "1,000" },
        { 1234567, "1,234,567" },
        { -1000, "-1,000" },
        { -100, "-100" },
        { INT64_MAX, "9,223,372,036,854,775,807" },
    };
    char text[NUMBER_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(number_count(rows[i].count, text), rows[i].text);
}

static void shares_are_told_from_none_and_all(void **state)
{
    static const struct {
        int64_t part, whole;
        const char *text;
    } rows[] = {
        { 0, 0, "-" },
        { 0, 5, "0 %" },
        { 5, 5, "100 %" },
        { 1, 2, "50 %" },
        { 1, 3, "33 %" },
        { 2, 302, "0.66 %" },
        { 1, 100000, "0.001 %" },
        { 99999, 100000, "99.999 %" },
        { 1, 1000000000, "<0.001 %" },
        { INT64_MAX, INT64_MAX, "100 %" },
        { INT64_MAX - 1, INT64_MAX, ">99.999 %" },
    };
    char text[NUMBER_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(number_share(rows[i].part, rows[i].whole, text),
                            rows[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_have_commas),
        cmocka_unit_test(shares_are_told_from_none_and_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
