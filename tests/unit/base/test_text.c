/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"

#include "row.h"

#define FFFD "\xef\xbf\xbd"

/* Each row is one hostile or borderline form; `good` octets lead. */
static const struct {
    const char *name;
    struct slice text;
    size_t good;
} utf8_rows[] = {
    { "empty", { "", 0 }, 0 },
    { "ascii", { "plain ascii text of 27 octs", 27 }, 27 },
    { "del", { "\x7f", 1 }, 1 },
    { "nul is a character", { "a\0b", 3 }, 3 },
    { "first of two octets", { "\xc2\x80", 2 }, 2 },
    { "last of two octets", { "\xdf\xbf", 2 }, 2 },
    { "first of three octets", { "\xe0\xa0\x80", 3 }, 3 },
    { "last before surrogates", { "\xed\x9f\xbf", 3 }, 3 },
    { "first behind surrogates", { "\xee\x80\x80", 3 }, 3 },
    { "noncharacter U+FFFF", { "\xef\xbf\xbf", 3 }, 3 },
    { "first of four octets", { "\xf0\x90\x80\x80", 4 }, 4 },
    { "U+10FFFF", { "\xf4\x8f\xbf\xbf", 4 }, 4 },
    { "overlong slash, two octets", { "\xc0\xaf", 2 }, 0 },
    { "overlong nul", { "\xc0\x80", 2 }, 0 },
    { "overlong, c1", { "\xc1\xbf", 2 }, 0 },
    { "overlong slash, three octets", { "\xe0\x80\xaf", 3 }, 0 },
    { "overlong U+7FF", { "\xe0\x9f\xbf", 3 }, 0 },
    { "overlong slash, four octets", { "\xf0\x80\x80\xaf", 4 }, 0 },
    { "overlong U+FFFF", { "\xf0\x8f\xbf\xbf", 4 }, 0 },
    { "high surrogate", { "\xed\xa0\x80", 3 }, 0 },
    { "low surrogate", { "\xed\xbf\xbf", 3 }, 0 },
    { "surrogate pair (CESU-8)", { "\xed\xa0\xbd\xed\xb8\x80", 6 }, 0 },
    { "U+110000", { "\xf4\x90\x80\x80", 4 }, 0 },
    { "f5", { "\xf5\x80\x80\x80", 4 }, 0 },
    { "five octets", { "\xf8\x88\x80\x80\x80", 5 }, 0 },
    { "fe and ff", { "\xfe\xff", 2 }, 0 },
    { "tail alone", { "a\x80", 2 }, 1 },
    { "cut after one of two", { "ab\xc3", 3 }, 2 },
    { "cut after two of three", { "ab\xe2\x82", 4 }, 2 },
    { "cut after three of four", { "ab\xf0\x9f\x98", 5 }, 2 },
    { "lead, then ascii", { "\xc3(", 2 }, 0 },
    { "latin-1 behind eight", { "12345678\xfc", 9 }, 8 },
    { "bad within a word of eight",
      { "1234\xff"
        "678 more",
        13 },
      4 },
};

static void valid_utf8_is_measured(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(utf8_rows); i++)
        ROW_NUMBER(utf8_rows[i].name, text_utf8_prefix(utf8_rows[i].text),
                   utf8_rows[i].good);
}

/* Every code point there and back; what is beyond the rules comes out bad. */
static void every_code_point_survives(void **state)
{
    (void)state;
    for (unsigned c = 0; c <= 0x10ffff; c++) {
        char octets[4];
        size_t n = text_encode_utf8(c, octets), read;
        unsigned back = text_decode_utf8(slice_make(octets, n), &read);
        bool is_surrogate = c >= 0xd800 && c <= 0xdfff;

        if (back != (is_surrogate ? 0xfffd : c) ||
            read != (is_surrogate ? 1 : n) ||
            (text_utf8_prefix(slice_make(octets, n)) == n) == is_surrogate)
            fail_msg("U+%04x came back as U+%04x in %zu octets", c, back, read);
    }
}

/* A character cut off anywhere is one bad octet, never a read too far. */
static void cut_characters_are_bad_octets(void **state)
{
    static const char *const whole[] = { "\xc3\xbc", "\xe2\x82\xac",
                                         "\xf0\x9f\x98\x80" };

    (void)state;
    for (size_t i = 0; i < ROWS(whole); i++) {
        for (size_t len = 1; len < strlen(whole[i]); len++) {
            size_t n;

            ROW_NUMBER(whole[i],
                       text_decode_utf8(slice_make(whole[i], len), &n), 0xfffd);
            ROW_NUMBER(whole[i], n, 1);
        }
    }
}

typedef void add_function(struct buffer *buffer, struct slice s);

struct text_row {
    const char *name;
    struct slice text;
    const char *expected;
};

static void check_rows(add_function *add, const struct text_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buffer buffer;

        buffer_init(&buffer, 10000);
        add(&buffer, rows[i].text);
        ROW_OCTETS(rows[i].name, slice_of(buffer_text(&buffer)),
                   slice_of(rows[i].expected));
        buffer_deinit(&buffer);
    }
}

static void bad_octets_are_replaced_one_by_one(void **state)
{
    static const struct text_row rows[] = {
        { "empty", { "", 0 }, "" },
        { "good", { "gr\xc3\xbc\xc3\x9f", 6 }, "gr\xc3\xbc\xc3\x9f" },
        { "latin-1", { "gr\xfc\xdf", 4 }, "gr" FFFD FFFD },
        { "nul", { "a\0b", 3 }, "a" FFFD "b" },
        { "overlong", { "\xc0\xaf/", 3 }, FFFD FFFD "/" },
        { "surrogate", { "\xed\xa0\x80", 3 }, FFFD FFFD FFFD },
        { "cut at the end", { "a\xe2\x82", 3 }, "a" FFFD FFFD },
        { "bad between good",
          { "\xc3\xbc\xff\xc3\xbc", 5 },
          "\xc3\xbc" FFFD "\xc3\xbc" },
    };

    (void)state;
    check_rows(text_add_utf8, rows, ROWS(rows));
}

static void a_terminal_is_not_steered(void **state)
{
    static const struct text_row rows[] = {
        { "plain",
          { "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", 11 },
          "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80" },
        { "clear screen", { "\x1b[2J", 4 }, "\\x1b[2J" },
        { "title by OSC", { "\x1b]0;x\a", 6 }, "\\x1b]0;x\\x07" },
        { "CSI as one C1 octet",
          { "\x9b"
            "2J",
            3 },
          "\\x9b2J" },
        { "CSI as U+009B",
          { "\xc2\x9b"
            "2J",
            4 },
          "\\x9b2J" },
        { "last of C1, first behind",
          { "\xc2\x9f\xc2\xa0", 4 },
          "\\x9f\xc2\xa0" },
        { "backspace and del", { "a\b\x7f", 3 }, "a\\x08\\x7f" },
        { "nul", { "a\0b", 3 }, "a\\x00b" },
        { "line ends and tab", { "a\r\nb\tc", 6 }, "a  b c" },
        { "right-to-left override", { "\xe2\x80\xae", 3 }, "\\u202e" },
        { "isolates", { "\xe2\x81\xa6\xe2\x81\xa9", 6 }, "\\u2066\\u2069" },
        { "marks",
          { "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", 8 },
          "\\u200e\\u200f\\u061c" },
        { "line and paragraph",
          { "\xe2\x80\xa8\xe2\x80\xa9", 6 },
          "\\u2028\\u2029" },
        { "byte order mark", { "\xef\xbb\xbf", 3 }, "\\ufeff" },
        { "bad utf-8", { "\xff\xc0\xaf", 3 }, "\\xff\\xc0\\xaf" },
        { "replacement character itself", { FFFD, 3 }, FFFD },
    };

    (void)state;
    check_rows(text_add_terminal, rows, ROWS(rows));
}

static void log_values_are_quoted_where_needed(void **state)
{
    static const struct text_row rows[] = {
        { "plain", { "mx.example", 10 }, "mx.example" },
        { "empty", { "", 0 }, "\"\"" },
        { "blank", { "a b", 3 }, "\"a b\"" },
        { "pair injection", { "x level=error", 13 }, "\"x level=error\"" },
        { "equals", { "a=b", 3 }, "\"a=b\"" },
        { "quote and backslash", { "\"\\", 2 }, "\"\\\"\\\\\"" },
        { "line injection", { "x\nid=y", 6 }, "\"x\\x0aid=y\"" },
        { "escape", { "\x1b[m", 3 }, "\"\\x1b[m\"" },
        { "C1", { "\xc2\x85", 2 }, "\\x85" },
        { "bidi", { "\xe2\x80\xae", 3 }, "\\u202e" },
        { "bad utf-8", { "\xff", 1 }, "\\xff" },
        { "umlaut", { "\xc3\xbc", 2 }, "\xc3\xbc" },
    };

    (void)state;
    check_rows(text_add_log, rows, ROWS(rows));
}

static void a_json_string_is_closed_by_nobody_else(void **state)
{
    static const struct text_row rows[] = {
        { "plain", { "a b=c", 5 }, "a b=c" },
        { "empty", { "", 0 }, "" },
        { "quote", { "a\"b", 3 }, "a\\\"b" },
        { "backslash", { "a\\b", 3 }, "a\\\\b" },
        { "line end", { "a\r\nb", 4 }, "a\\u000d\\u000ab" },
        { "NUL", { "a\0b", 3 }, "a\\u0000b" },
        { "escape", { "\x1b[2J", 4 }, "\\u001b[2J" },
        { "reversal", { "a\xe2\x80\xae", 4 }, "a\\u202e" },
        { "an umlaut", { "\xc3\xbc", 2 }, "\xc3\xbc" },
        { "no UTF-8", { "a\xff", 2 }, "a\\ufffd" },
    };

    (void)state;
    check_rows(text_add_json, rows, ROWS(rows));
}

static void a_spreadsheet_runs_no_formula(void **state)
{
    static const struct text_row rows[] = {
        { "plain", { "a b", 3 }, "a b" },
        { "empty", { "", 0 }, "" },
        { "comma", { "a,b", 3 }, "\"a,b\"" },
        { "quote", { "a\"b", 3 }, "\"a\"\"b\"" },
        { "line end", { "a\r\nb", 4 }, "\"a\r\nb\"" },
        { "formula", { "=1+1", 4 }, "'=1+1" },
        { "plus", { "+1", 2 }, "'+1" },
        { "minus", { "-1", 2 }, "'-1" },
        { "at", { "@SUM(A1)", 8 }, "'@SUM(A1)" },
        { "tab before a formula", { "\t=1", 3 }, "'\t=1" },
        { "return before a formula", { "\r=1", 3 }, "\"'\r=1\"" },
        { "formula with quotes",
          { "=CMD(\"x\",1)", 11 },
          "\"'=CMD(\"\"x\"\",1)\"" },
        { "equals within", { "a=b", 3 }, "a=b" },
    };

    (void)state;
    check_rows(text_add_csv, rows, ROWS(rows));
}

/* A full buffer fails quietly; no escaping writes past it. */
static void escaping_stops_at_the_maximum(void **state)
{
    static add_function *const adds[] = { text_add_utf8, text_add_terminal,
                                          text_add_log, text_add_json,
                                          text_add_csv };
    static const struct slice text = { "=\x1b\xff,\"\n\xe2\x80\xae", 9 };

    (void)state;
    for (size_t i = 0; i < ROWS(adds); i++) {
        struct buffer whole;

        buffer_init(&whole, 1000);
        adds[i](&whole, text);
        for (size_t max = 0; max < whole.len; max++) {
            struct buffer cut;

            buffer_init(&cut, max);
            adds[i](&cut, text);
            assert_true(cut.failed);
            assert_true(cut.len <= max);
            assert_memory_equal(buffer_text(&cut), whole.ptr, cut.len);
            buffer_deinit(&cut);
        }
        buffer_deinit(&whole);
    }
}

static void text_is_cut_between_characters(void **state)
{
    static const struct {
        const char *text;
        size_t max_bytes, len;
    } rows[] = {
        { "abc", 4, 3 },          { "abc", 3, 3 },       { "abc", 2, 2 },
        { "abc", 0, 0 },          { "a\xc3\xbc", 2, 1 }, { "a\xc3\xbc", 3, 3 },
        { "\xe4\xbe\x8b", 2, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(
            text_cut(slice_of(rows[i].text), rows[i].max_bytes).len,
            rows[i].len);
}

static void hexadecimal_digits_have_values(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *at = c ? strchr(digits, c) : NULL;

        assert_int_equal(text_hex_value((char)c), at ? (at - digits) % 16 : -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hexadecimal_digits_have_values),
        cmocka_unit_test(valid_utf8_is_measured),
        cmocka_unit_test(every_code_point_survives),
        cmocka_unit_test(cut_characters_are_bad_octets),
        cmocka_unit_test(bad_octets_are_replaced_one_by_one),
        cmocka_unit_test(a_terminal_is_not_steered),
        cmocka_unit_test(log_values_are_quoted_where_needed),
        cmocka_unit_test(a_json_string_is_closed_by_nobody_else),
        cmocka_unit_test(a_spreadsheet_runs_no_formula),
        cmocka_unit_test(escaping_stops_at_the_maximum),
        cmocka_unit_test(text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
