/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/reader.h"

#include "row.h"

#define TOP INT64_MAX

static void counts_are_read_with_their_form(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
        enum json_integer_form form;
    } rows[] = {
        { "0", 0, JSON_INTEGER_PLAIN },
        { "7", 7, JSON_INTEGER_PLAIN },
        { " 42\n", 42, JSON_INTEGER_PLAIN },
        { "+42", 42, JSON_INTEGER_PLAIN },
        { "007", 7, JSON_INTEGER_PLAIN },
        { "-0", 0, JSON_INTEGER_PLAIN },
        { "9223372036854775806", TOP - 1, JSON_INTEGER_PLAIN },
        { "9223372036854775807", TOP, JSON_INTEGER_PLAIN },
        { "9223372036854775808", TOP, JSON_INTEGER_OVERFLOW },
        { "18446744073709551616", TOP, JSON_INTEGER_OVERFLOW },
        { "18446744073709551617", TOP, JSON_INTEGER_OVERFLOW },
        { "99999999999999999999999999999999", TOP, JSON_INTEGER_OVERFLOW },
        { "1e19", TOP, JSON_INTEGER_OVERFLOW },
        { "1e400", TOP, JSON_INTEGER_OVERFLOW },
        { "1e999999999999", TOP, JSON_INTEGER_OVERFLOW },
        { "12.0", 12, JSON_INTEGER_FLOAT },
        { "12.", 12, JSON_INTEGER_FLOAT },
        { "12.999", 12, JSON_INTEGER_FLOAT },
        { "0.5", 0, JSON_INTEGER_FLOAT },
        { "1e3", 1000, JSON_INTEGER_FLOAT },
        { "1E+3", 1000, JSON_INTEGER_FLOAT },
        { "1.5e1", 15, JSON_INTEGER_FLOAT },
        { "1.25e1", 12, JSON_INTEGER_FLOAT },
        { "125e-2", 1, JSON_INTEGER_FLOAT },
        { "5e-1", 0, JSON_INTEGER_FLOAT },
        { "1e-999999999999", 0, JSON_INTEGER_FLOAT },
        { "0e999999999999", 0, JSON_INTEGER_FLOAT },
        { "0.0000005e7", 5, JSON_INTEGER_FLOAT },
        /* what saturates on the way may still be small in the end */
        { "99999999999999999999e-5", INT64_C(999999999999999),
          JSON_INTEGER_FLOAT },
        { "100000000000000000000e-20", 1, JSON_INTEGER_FLOAT },
        { "9223372036854775807e0", TOP, JSON_INTEGER_FLOAT },
        { "9223372036854775807.9", TOP, JSON_INTEGER_FLOAT },
        { "92233720368547758.07e2", TOP, JSON_INTEGER_FLOAT },
        { "92233720368547758.08e2", TOP, JSON_INTEGER_OVERFLOW },
        { "-1", 0, JSON_INTEGER_NEGATIVE },
        { "-9223372036854775809", 0, JSON_INTEGER_NEGATIVE },
        { "-0.5", 0, JSON_INTEGER_NEGATIVE },
        { "-1e-5", 0, JSON_INTEGER_NEGATIVE },
        { "-1e400", 0, JSON_INTEGER_NEGATIVE },
        { "-0.0", 0, JSON_INTEGER_FLOAT },
        { "", 0, JSON_INTEGER_BAD },
        { "  ", 0, JSON_INTEGER_BAD },
        { "-", 0, JSON_INTEGER_BAD },
        { "--1", 0, JSON_INTEGER_BAD },
        { ".5", 0, JSON_INTEGER_BAD },
        { "e5", 0, JSON_INTEGER_BAD },
        { "1e", 0, JSON_INTEGER_BAD },
        { "1e+", 0, JSON_INTEGER_BAD },
        { "1e5x", 0, JSON_INTEGER_BAD },
        { "1 2", 0, JSON_INTEGER_BAD },
        { "1,000", 0, JSON_INTEGER_BAD },
        { "1.2.3", 0, JSON_INTEGER_BAD },
        { "0x10", 0, JSON_INTEGER_BAD },
        { "five", 0, JSON_INTEGER_BAD },
        { "NaN", 0, JSON_INTEGER_BAD },
        { "Infinity", 0, JSON_INTEGER_BAD },
        { "\xd9\xa1", 0, JSON_INTEGER_BAD }, /* arabic-indic digit one */
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int64_t value = -77;

        ROW_NUMBER(rows[i].text, json_integer(slice_of(rows[i].text), &value),
                   rows[i].form);
        ROW_NUMBER(rows[i].text, value, rows[i].value);
    }
}

/* A megabyte of digits is read in one pass, whatever the exponent says. */
static void long_numbers_take_no_long(void **state)
{
    enum { N = 1000000 };
    char *text = test_malloc(N + 16);
    int64_t value;

    (void)state;
    memset(text, '9', N);
    memcpy(text + N, "e999999999", 10);
    assert_int_equal(json_integer(slice_make(text, N + 10), &value),
                     JSON_INTEGER_OVERFLOW);
    assert_true(value == TOP);
    memset(text, '0', N);
    memcpy(text + N, "5", 1);
    assert_int_equal(json_integer(slice_make(text, N + 1), &value),
                     JSON_INTEGER_PLAIN);
    assert_int_equal(value, 5);
    test_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_read_with_their_form),
        cmocka_unit_test(long_numbers_take_no_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
