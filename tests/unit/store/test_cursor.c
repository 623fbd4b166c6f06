/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/cursor.h"

#include "store/sample.h"

static const struct store_range some = { SAMPLE_DAY, SAMPLE_DAY + 9 };

static void a_cursor_is_read_as_it_was_written(void **state)
{
    char text[STORE_CURSOR_BYTES];
    struct cursor cursor;
    struct err err;

    (void)state;
    cursor_format(SAMPLE_DAY + 2, 77, text);
    assert_int_equal(cursor_parse(text, some, &cursor, &err), 0);
    assert_int_equal(cursor.day, SAMPLE_DAY + 2);
    assert_int_equal(cursor.id, 77);
    cursor_format(UTC_DAY_NONE, INT64_MAX, text);
    assert_int_equal(cursor_parse(text, SAMPLE_ALL, &cursor, &err), 0);
    assert_int_equal(cursor.id, INT64_MAX);
}

static void none_is_before_every_report(void **state)
{
    struct cursor cursor;
    struct err err;

    (void)state;
    assert_int_equal(cursor_parse(NULL, some, &cursor, &err), 0);
    assert_int_equal(cursor.day, SAMPLE_DAY + 10);
    assert_int_equal(cursor_parse("", some, &cursor, &err), 0);
    assert_int_equal(cursor.day, SAMPLE_DAY + 10);
}

static void what_was_never_given_out_is_refused(void **state)
{
    static const char *const odd[] = {
        "1",  ".",        "x.1", "1.x", "1.2.3", "1.99999999999999999999",
        "1.", "999999.1",
    };
    struct cursor cursor;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
        assert_int_equal(cursor_parse(odd[i], some, &cursor, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cursor_is_read_as_it_was_written),
        cmocka_unit_test(none_is_before_every_report),
        cmocka_unit_test(what_was_never_given_out_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
