/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "crypt/base64.h"

#define LINE_57 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define LINE_76 LINE_57 "AAAAAAAAAAAAAAAAAAA"

static const struct {
    const char *name, *text, *want;
    unsigned oddities;
} rows[] = {
    { "nothing", "", "", 0 },
    { "one octet", "Zg==", "f", 0 },
    { "two octets", "YmE=", "ba", 0 },
    { "three octets", "Zm9v", "foo", 0 },
    { "lines with CR LF", "Zm9v\r\nYmFy\r\n", "foobar", 0 },
    { "lines with LF", "Zm9v\nYmFy\n", "foobar", 0 },
    { "a group over two lines", "Zm\n9v", "foo", 0 },
    { "empty lines at the end", "Zm9v\n\n\n", "foo", 0 },
    { "all of the alphabet's ends", "+/+/", "\xfb\xff\xbf", 0 },
    { "no padding, one octet", "Zm9vYg", "foob", BASE64_NO_PADDING },
    { "no padding, two octets", "Zm9vYmE", "fooba", BASE64_NO_PADDING },
    { "half the padding", "Zg=", "f", 0 },
    { "a lone sextet", "Zm9vY", "foo", BASE64_NO_PADDING },
    { "blanks", "Zm 9v\tYmFy", "foobar", BASE64_BLANKS },
    { "blank at the line end", "Zm9v \nYmFy", "foobar", BASE64_BLANKS },
    { "empty line between", "Zm9v\n\nYmFy", "foobar", BASE64_BLANKS },
    { "empty line before", "\r\nZm9v", "foo", BASE64_BLANKS },
    { "foreign octets",
      "Zm9v!\xff"
      "YmFy",
      "foobar", BASE64_FOREIGN },
    { "padding too early", "=Zm9v", "foo", BASE64_FOREIGN },
    { "text behind the end", "Zg==\n-- \nscanned", "f", BASE64_FOREIGN },
    { "blank lines behind the end", "Zg==\r\n\r\n", "f", 0 },
};

static void shapes_are_decoded_and_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = slice_of(rows[i].text);
        char *out = malloc(base64_room(text.len));
        unsigned oddities;
        size_t len = base64_decode(text, out, &oddities);

        if (len != strlen(rows[i].want) ||
            memcmp(out, rows[i].want, len) != 0 || oddities != rows[i].oddities)
            print_error("%s: got %.*s, oddities %#x\n", rows[i].name, (int)len,
                        out, oddities);
        assert_int_equal(len, strlen(rows[i].want));
        assert_memory_equal(out, rows[i].want, len);
        assert_int_equal(oddities, rows[i].oddities);
        free(out);
    }
}

static unsigned oddities_of(const char *text)
{
    char out[512];
    unsigned oddities;

    base64_decode(slice_of(text), out, &oddities);
    return oddities;
}

static void lines_may_have_76_characters(void **state)
{
    (void)state;
    assert_int_equal(oddities_of(LINE_76 "\r\n" LINE_76 "\r\n"), 0);
    assert_int_equal(oddities_of(LINE_76), 0);
    assert_int_equal(oddities_of(LINE_76 "AAAA"), BASE64_LONG_LINE);
    assert_int_equal(oddities_of(LINE_76 "AAAA\r\nAAAA"), BASE64_LONG_LINE);
    assert_int_equal(oddities_of("AAAA\n" LINE_76 "AA=="), BASE64_LONG_LINE);
}

static void nothing_at_all_is_decoded_to_nothing(void **state)
{
    unsigned oddities = 99;
    char out[4];

    (void)state;
    assert_int_equal(base64_decode(slice_make(NULL, 0), out, &oddities), 0);
    assert_int_equal(oddities, 0);
}

/* Every octet value alone and behind data: nothing is read out of bounds. */
static void any_octet_is_survived(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[6] = { 'Z', (char)c, 'm', (char)c, '9', 'v' };
        char out[16];
        unsigned oddities;

        assert_true(base64_decode(slice_make(text, 6), out, &oddities) <=
                    base64_room(6));
    }
}

/* RFC 4648 section 10, and lines that are cut where they should be. */
static void octets_are_encoded(void **state)
{
    static const struct {
        const char *octets;
        size_t per_line;
        const char *text;
    } texts[] = {
        { "", 0, "" },
        { "f", 0, "Zg==" },
        { "fo", 0, "Zm8=" },
        { "foo", 0, "Zm9v" },
        { "foob", 0, "Zm9vYg==" },
        { "fooba", 0, "Zm9vYmE=" },
        { "foobar", 0, "Zm9vYmFy" },
        { "\xfb\xef\xff", 0, "++//" },
        { "foobar", 4, "Zm9v|YmFy" },
        { "foobarf", 4, "Zm9v|YmFy|Zg==" },
        { "foobar", 8, "Zm9vYmFy" },
        { "foobarf", 8, "Zm9vYmFy|Zg==" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct buffer out;

        buffer_init(&out, 100);
        base64_encode(slice_of(texts[i].octets), texts[i].per_line, "|", &out);
        assert_string_equal(buffer_text(&out), texts[i].text);
        buffer_deinit(&out);
    }
}

static void what_was_encoded_is_decoded(void **state)
{
    char octets[300], back[400];
    unsigned oddities;

    (void)state;
    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (char)(i * 7);
    for (size_t len = 0; len <= sizeof(octets); len++) {
        struct buffer out;

        buffer_init(&out, 1000);
        base64_encode(slice_make(octets, len), 76, "\r\n", &out);
        assert_int_equal(base64_decode(buffer_slice(&out), back, &oddities),
                         len);
        assert_memory_equal(back, octets, len);
        assert_int_equal(oddities, 0);
        buffer_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(octets_are_encoded),
        cmocka_unit_test(what_was_encoded_is_decoded),
        cmocka_unit_test(shapes_are_decoded_and_told),
        cmocka_unit_test(lines_may_have_76_characters),
        cmocka_unit_test(nothing_at_all_is_decoded_to_nothing),
        cmocka_unit_test(any_octet_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
