/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/free_text.h"
#include "row.h"

enum { MAX_BYTES = 10 };

static const struct {
    const char *name, *text, *clean;
} rows[] = {
    { "plain", "plain text", "plain text" },
    { "nothing", "", NULL },
    { "blanks alone", " \t\r\n ", NULL },
    { "blanks around", "  ab ", "ab" },
    { "a line end inside", "ab\r\ncd", "ab  cd" },
    { "escapes of a terminal", "\x1b[2Jab\x7f", "[2Jab" },
    { "controls in UTF-8",
      "a\xc2\x9b"
      "b",
      "a b" },
    { "letters of others", "\xc3\xbc\xe2\x82\xac", "\xc3\xbc\xe2\x82\xac" },
    { "a noncharacter", "a\xef\xbf\xbe", "a\xef\xbf\xbd" },
    { "another, beyond the first plane", "\xf0\x9f\xbf\xbf!", "\xef\xbf\xbd!" },
    { "too long", "0123456789a", "0123456789" },
    { "cut at a blank", "012345678 a", "012345678" },
    { "cut within a character", "012345678\xc3\xbc", "012345678" },
};

static void texts_become_one_line(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 100000);
    for (size_t i = 0; i < ROWS(rows); i++) {
        const char *clean = "untouched", *again;

        ROW_NUMBER(
            rows[i].name,
            free_text_clean(&arena, slice_of(rows[i].text), MAX_BYTES, &clean),
            0);
        ROW_TEXT(rows[i].name, clean, rows[i].clean);
        if (!clean)
            continue;
        assert_int_equal(
            free_text_clean(&arena, slice_of(clean), MAX_BYTES, &again), 0);
        /* What is clean ASCII is not even copied. */
        if ((unsigned char)*clean < 0x80 && clean[strlen(clean) - 1] > 0)
            assert_ptr_equal(again, clean);
        ROW_TEXT(rows[i].name, again, clean);
    }
    arena_deinit(&arena);
}

static void a_part_of_a_text_is_taken(void **state)
{
    struct arena arena;
    const char *clean;

    (void)state;
    arena_init(&arena, 100000);
    assert_int_equal(
        free_text_clean(&arena, slice_make("abcdef", 3), MAX_BYTES, &clean), 0);
    assert_string_equal(clean, "abc");
    arena_deinit(&arena);
}

static void no_memory_is_told(void **state)
{
    struct arena arena;
    const char *clean;

    (void)state;
    arena_init(&arena, 0);
    assert_int_equal(
        free_text_clean(&arena, slice_of("a\n"), MAX_BYTES, &clean), -1);
    assert_int_equal(free_text_clean(&arena, slice_of("a"), MAX_BYTES, &clean),
                     0);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_one_line),
        cmocka_unit_test(a_part_of_a_text_is_taken),
        cmocka_unit_test(no_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
