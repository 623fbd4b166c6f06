/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"

#include "row.h"

static void what_is_added_stands_in_order(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 1000);
    assert_string_equal(buffer_text(&buffer), "");
    buffer_add(&buffer, NULL, 0);
    buffer_add_text(&buffer, "ab");
    buffer_add_char(&buffer, '\0');
    buffer_add_format(&buffer, "%d", 7);
    buffer_add_format(&buffer, "%s", "");
    ROW_OCTETS("content", buffer_slice(&buffer),
               SLICE("ab\0"
                     "7"));
    assert_int_equal(buffer_text(&buffer)[buffer.len], '\0');
    assert_false(buffer.failed);
    buffer_deinit(&buffer);
}

/* Octets come out as they went in, whatever the steps. */
static void growing_keeps_the_content(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 100000);
    for (unsigned i = 0; i < 20000; i++)
        buffer_add_format(&buffer, "%04x ", i);
    assert_false(buffer.failed);
    assert_int_equal(buffer.len, 100000);
    for (unsigned i = 0; i < 20000; i++) {
        char expected[8];

        snprintf(expected, sizeof(expected), "%04x ", i);
        assert_memory_equal(buffer.ptr + 5 * i, expected, 5);
    }
    buffer_deinit(&buffer);
}

static void the_maximum_is_a_border(void **state)
{
    static const size_t maxima[] = { 0, 1, 255, 256, 257, 1000 };
    static const char filler[1001];

    (void)state;
    for (size_t i = 0; i < ROWS(maxima); i++) {
        struct buffer buffer;

        buffer_init(&buffer, maxima[i]);
        buffer_add(&buffer, filler, maxima[i]);
        assert_false(buffer.failed);
        assert_int_equal(buffer.len, maxima[i]);
        assert_true(buffer.capacity > buffer.len);
        assert_true(buffer.capacity <= 257 || buffer.capacity <= maxima[i] + 1);
        buffer_add_char(&buffer, 'x');
        assert_true(buffer.failed);
        assert_int_equal(buffer.len, maxima[i]);
        buffer_deinit(&buffer);
    }
}

static void a_failure_sticks_until_reset(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 4);
    buffer_add_text(&buffer, "abc");
    buffer_add_text(&buffer, "de");
    assert_true(buffer.failed);
    buffer_add_char(&buffer, 'd');
    buffer_add_format(&buffer, "%d", 1);
    assert_null(buffer_reserve(&buffer, 0));
    assert_string_equal(buffer_text(&buffer), "abc");
    buffer_reset(&buffer);
    assert_false(buffer.failed);
    buffer_add_format(&buffer, "%d", 1234);
    assert_string_equal(buffer_text(&buffer), "1234");
    buffer_deinit(&buffer);
    buffer_deinit(NULL);
}

static void reserved_room_is_not_content_yet(void **state)
{
    struct buffer buffer;
    char *at;

    (void)state;
    buffer_init(&buffer, 5000);
    buffer_add_text(&buffer, "a");
    at = buffer_reserve(&buffer, 4000);
    assert_non_null(at);
    memset(at, 'b', 4000);
    assert_int_equal(buffer.len, 1);
    buffer.len += 4000;
    assert_int_equal(buffer_text(&buffer)[4000], 'b');
    buffer_deinit(&buffer);
}

/* A maximum no machine has must not make the growing loop for ever. */
static void sizes_that_overflow_are_refused(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, SIZE_MAX);
    buffer_add_char(&buffer, 'a');
    assert_null(buffer_reserve(&buffer, SIZE_MAX - 2));
    assert_true(buffer.failed);
    assert_string_equal(buffer_text(&buffer), "a");
    buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_stands_in_order),
        cmocka_unit_test(growing_keeps_the_content),
        cmocka_unit_test(the_maximum_is_a_border),
        cmocka_unit_test(a_failure_sticks_until_reset),
        cmocka_unit_test(reserved_room_is_not_content_yet),
        cmocka_unit_test(sizes_that_overflow_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
