/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "intake/wire_field.h"
#include "unit/row.h"

static struct buffer out;

static struct wire_field_input begin(void)
{
    struct wire_field_input input;

    wire_field_init(&input, buffer_slice(&out));
    return input;
}

static int setup(void **state)
{
    (void)state;
    buffer_init(&out, 1024);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_deinit(&out);
    return 0;
}

static void what_is_put_is_taken(void **state)
{
    struct wire_field_input input;

    (void)state;
    wire_field_put_u8(&out, 7);
    wire_field_put_u32(&out, 70000);
    wire_field_put_i64(&out, INT64_MIN);
    wire_field_put_text(&out, "B\xc3\xb6rse");
    wire_field_put_text(&out, NULL);
    wire_field_put_text(&out, "");
    wire_field_put_octets(&out, "abc", 3);
    input = begin();
    assert_int_equal(wire_field_take_u8(&input, 8), 7);
    assert_int_equal(wire_field_take_u32(&input, 70001), 70000);
    assert_true(wire_field_take_i64(&input, INT64_MIN, 0) == INT64_MIN);
    assert_string_equal(wire_field_take_text(&input, 6), "B\xc3\xb6rse");
    assert_null(wire_field_take_optional(&input, 6));
    assert_string_equal(wire_field_take_optional(&input, 0), "");
    assert_memory_equal(wire_field_take_octets(&input, 3), "abc", 3);
    assert_int_equal(wire_field_end(&input), 0);
}

static void a_number_out_of_range_is_bad(void **state)
{
    struct wire_field_input input;

    (void)state;
    wire_field_put_i64(&out, 9);
    input = begin();
    assert_int_equal(wire_field_take_u8(&input, 9), 0);
    assert_true(input.is_bad);
    input = begin();
    assert_int_equal(wire_field_take_u32(&input, 9), 0);
    assert_true(input.is_bad);
    input = begin();
    assert_int_equal(wire_field_take_i64(&input, 10, 12), 10);
    assert_true(input.is_bad);
    input = begin();
    assert_int_equal(wire_field_take_i64(&input, 1, 8), 1);
    assert_true(input.is_bad);
}

static void nothing_is_taken_beyond_the_end(void **state)
{
    (void)state;
    wire_field_put_text(&out, "text");
    for (size_t len = 0; len < out.len; len++) {
        char *copy = malloc(len ? len : 1);
        struct wire_field_input input;

        memcpy(copy, out.ptr, len);
        wire_field_init(&input, slice_make(copy, len));
        assert_string_equal(wire_field_take_text(&input, 10), "");
        assert_true(input.is_bad);
        assert_int_equal(wire_field_end(&input), -1);
        /* Nor afterwards. */
        assert_null(wire_field_take_octets(&input, 0));
        free(copy);
    }
}

static void what_is_left_over_is_bad(void **state)
{
    struct wire_field_input input;

    (void)state;
    wire_field_put_u8(&out, 1);
    wire_field_put_u8(&out, 1);
    input = begin();
    wire_field_take_u8(&input, 2);
    assert_int_equal(wire_field_end(&input), -1);
}

static void texts_that_are_none_are_bad(void **state)
{
    static const struct {
        const char *name;
        uint32_t len;
        struct slice octets;
    } rows[] = {
        { "a NUL within", 3, { "a\0b", 4 } },
        { "no NUL behind", 3, { "abcd", 4 } },
        { "no UTF-8", 2, { "\xc3(", 3 } },
        { "an overlong form", 2, { "\xc0\x80", 3 } },
        { "a surrogate", 3, { "\xed\xa0\x80", 4 } },
        { "too long", 11, { "abcdefghijk", 12 } },
        { "a length near the end of numbers", UINT32_MAX - 1, { "ab", 3 } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct wire_field_input input;

        buffer_reset(&out);
        wire_field_put_u32(&out, rows[i].len);
        wire_field_put_octets(&out, rows[i].octets.ptr, rows[i].octets.len);
        input = begin();
        if (wire_field_take_optional(&input, 10) || !input.is_bad)
            fail_msg("%s", rows[i].name);
    }
}

static void a_text_that_must_be_there_is(void **state)
{
    struct wire_field_input input;

    (void)state;
    wire_field_put_text(&out, NULL);
    input = begin();
    assert_string_equal(wire_field_take_text(&input, 10), "");
    assert_true(input.is_bad);
}

/* So that nobody makes us reserve what never comes. */
static void a_count_is_no_more_than_what_is_there(void **state)
{
    struct wire_field_input input;

    (void)state;
    wire_field_put_u32(&out, 3);
    wire_field_put_octets(&out, "123456789012", 12);
    input = begin();
    assert_int_equal(wire_field_take_count(&input, 4), 3);
    assert_false(input.is_bad);
    input = begin();
    assert_int_equal(wire_field_take_count(&input, 5), 0);
    assert_true(input.is_bad);
}

static void what_has_no_room_fails_the_buffer(void **state)
{
    (void)state;
    wire_field_put_size(&out, (size_t)UINT32_MAX + 5);
    assert_true(out.failed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_taken),
        TEST(a_number_out_of_range_is_bad),
        TEST(nothing_is_taken_beyond_the_end),
        TEST(what_is_left_over_is_bad),
        TEST(texts_that_are_none_are_bad),
        TEST(a_text_that_must_be_there_is),
        TEST(a_count_is_no_more_than_what_is_there),
        TEST(what_has_no_room_fails_the_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
