/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    int64_t number;
    size_t bytes;
} rows[] = {
    { 0, 1 },          { -1, 1 },
    { 63, 1 },         { -64, 1 },
    { 64, 2 },         { -65, 2 },
    { 20700, 3 },      { INT64_C(1) << 40, 6 },
    { INT32_MIN, 5 },  { INT64_MAX, 10 },
    { INT64_MIN, 10 },
};

enum { N_ROWS = sizeof(rows) / sizeof(*rows) };

static void what_is_put_is_taken(void **state)
{
    struct buffer octets;
    struct slice rest;
    int64_t number;

    (void)state;
    buffer_init(&octets, 1000);
    for (size_t i = 0; i < N_ROWS; i++) {
        size_t before = octets.len;

        numbers_put(&octets, rows[i].number);
        assert_int_equal(octets.len - before, rows[i].bytes);
    }
    rest = buffer_slice(&octets);
    for (size_t i = 0; i < N_ROWS; i++) {
        assert_int_equal(numbers_take(&rest, &number), 0);
        assert_true(number == rows[i].number);
    }
    assert_int_equal(rest.len, 0);
    assert_int_equal(numbers_take(&rest, &number), -1);
    buffer_deinit(&octets);
}

static void what_has_no_end_is_none(void **state)
{
    int64_t number = 5;
    struct slice cut = SLICE("\x80");
    struct slice endless = SLICE("\x80\x80\x80\x80\x80\x80\x80\x80\x80"
                                 "\x80\x80\x01");

    (void)state;
    assert_int_equal(numbers_take(&cut, &number), -1);
    assert_int_equal(numbers_take(&endless, &number), -1);
    assert_int_equal(number, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_taken),
        cmocka_unit_test(what_has_no_end_is_none),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
