/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/utf16.h"

static const struct {
    const char *name;
    struct slice text; /* little endian, with mark */
    const char *want;
} rows[] = {
    { "nothing", { "\xff\xfe", 2 }, "" },
    { "ASCII", { "\xff\xfe{\0}\0", 6 }, "{}" },
    { "two octets", { "\xff\xfe\xfc\0", 4 }, "\xc3\xbc" },
    { "three octets", { "\xff\xfe\xac\x20", 4 }, "\xe2\x82\xac" },
    { "a pair", { "\xff\xfe\x3d\xd8\x00\xde", 6 }, "\xf0\x9f\x98\x80" },
    { "high surrogate at the end", { "\xff\xfe\x3d\xd8", 4 }, "\xef\xbf\xbd" },
    { "high surrogate alone",
      { "\xff\xfe\x3d\xd8"
        "a\0",
        6 },
      "\xef\xbf\xbd"
      "a" },
    { "low surrogate alone",
      { "\xff\xfe\x00\xde"
        "a\0",
        6 },
      "\xef\xbf\xbd"
      "a" },
    { "odd octet at the end",
      { "\xff\xfe"
        "a\0b",
        5 },
      "a\xef\xbf\xbd" },
};

static void texts_are_converted_in_both_orders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char big[16];
        struct buffer out;

        for (size_t k = 0; k < rows[i].text.len; k++)
            big[k] = rows[i].text.ptr[(k ^ 1) < rows[i].text.len ? k ^ 1 : k];
        for (int order = 0; order < 2; order++) {
            struct slice text =
                order ? slice_make(big, rows[i].text.len) : rows[i].text;

            buffer_init(&out, 64);
            assert_true(utf16_has_mark(text));
            utf16_convert(text, &out);
            if (strcmp(buffer_text(&out), rows[i].want) != 0)
                fail_msg("%s, order %d: %s", rows[i].name, order,
                         buffer_text(&out));
            buffer_deinit(&out);
        }
    }
}

static void a_full_buffer_is_told(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 1);
    utf16_convert(slice_make("\xff\xfe"
                             "a\0b\0",
                             6),
                  &out);
    assert_true(out.failed);
    buffer_deinit(&out);
}

static void other_texts_have_no_mark(void **state)
{
    (void)state;
    assert_false(utf16_has_mark(slice_make("\xff", 1)));
    assert_false(utf16_has_mark(slice_make("\xff\xfe\0\0", 4)));
    assert_false(utf16_has_mark(slice_make("{\0", 2)));
    assert_false(utf16_has_mark(slice_make(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_converted_in_both_orders),
        cmocka_unit_test(a_full_buffer_is_told),
        cmocka_unit_test(other_texts_have_no_mark),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
