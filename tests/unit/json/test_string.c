/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/string.h"

#include <stdlib.h>

#include "row.h"

#define FFFD "\xef\xbf\xbd"
#define BAD_UTF8 JSON_QUIRK_BAD_UTF8
#define SURROGATE JSON_QUIRK_LONE_SURROGATE
#define CONTROL JSON_QUIRK_CONTROL
#define NUL JSON_QUIRK_NUL

struct string_row {
    const char *name;
    struct slice text;    /* quotes included */
    const char *expected; /* NULL: refused */
    unsigned quirks;
};

#define TEXT(literal)                                                          \
    {                                                                          \
        (literal), sizeof(literal) - 1                                         \
    }

static const struct string_row rows[] = {
    { "empty", TEXT("\"\""), "", 0 },
    { "plain", TEXT("\"abc\""), "abc", 0 },
    { "sixteen and more", TEXT("\"0123456789abcdef0123456789abcdefx\""),
      "0123456789abcdef0123456789abcdefx", 0 },
    { "del is plain", TEXT("\"\x7f\""), "\x7f", 0 },
    { "utf-8", TEXT("\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\""),
      "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", 0 },
    { "short escapes", TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
      "\"\\/\b\f\n\r\t", 0 },
    { "escape between plain runs",
      TEXT("\"0123456789abcdef0123\\n0123456789abcdef0123\""),
      "0123456789abcdef0123\n0123456789abcdef0123", 0 },
    { "one octet by escape", TEXT("\"\\u0041\\u007f\""), "A\x7f", 0 },
    { "two octets by escape", TEXT("\"\\u0080\\u07FF\""), "\xc2\x80\xdf\xbf",
      0 },
    { "three octets by escape", TEXT("\"\\u0800\\uFfFf\""),
      "\xe0\xa0\x80\xef\xbf\xbf", 0 },
    { "surrogate pair", TEXT("\"\\ud83d\\ude00\""), "\xf0\x9f\x98\x80", 0 },
    { "last surrogate pair", TEXT("\"\\udbff\\udfff\""), "\xf4\x8f\xbf\xbf",
      0 },
    /* tolerated */
    { "high surrogate alone", TEXT("\"a\\ud800b\""), "a" FFFD "b", SURROGATE },
    { "high surrogate at the end", TEXT("\"\\ud800\""), FFFD, SURROGATE },
    { "low surrogate alone", TEXT("\"\\udc00\""), FFFD, SURROGATE },
    { "low before high", TEXT("\"\\udc00\\ud800\""), FFFD FFFD, SURROGATE },
    { "two high, one low", TEXT("\"\\ud83d\\ud83d\\ude00\""),
      FFFD "\xf0\x9f\x98\x80", SURROGATE },
    { "high, then another escape", TEXT("\"\\ud800\\n\""), FFFD "\n",
      SURROGATE },
    { "high, then a letter by escape", TEXT("\"\\ud800\\u0041\""), FFFD "A",
      SURROGATE },
    { "nul by escape", TEXT("\"a\\u0000b\""), "a" FFFD "b", NUL },
    { "nul as octet", TEXT("\"a\0b\""), "a" FFFD "b", NUL },
    { "line end as octet", TEXT("\"a\nb\""), "a\nb", CONTROL },
    { "escape as octet", TEXT("\"\x1b[2J\""), "\x1b[2J", CONTROL },
    { "last control octet in a long run",
      TEXT("\"\x1f"
           "0123456789abcdef0123456789abcdef\""),
      "\x1f"
      "0123456789abcdef0123456789abcdef",
      CONTROL },
    { "latin-1", TEXT("\"gr\xfc\xdf\""), "gr" FFFD FFFD, BAD_UTF8 },
    { "overlong quote", TEXT("\"\xc0\xa2\""), FFFD FFFD, BAD_UTF8 },
    { "surrogate in utf-8", TEXT("\"\xed\xa0\x80\""), FFFD FFFD FFFD,
      BAD_UTF8 },
    { "lead octet eats no quote", TEXT("\"a\xe2\""), "a" FFFD, BAD_UTF8 },
    { "lead octet eats no escape", TEXT("\"\xf0\\n\""), FFFD "\n", BAD_UTF8 },
    { "bad octets after escapes fit in place",
      TEXT("\"\\u0041\\u0042\xff\xff\""), "AB" FFFD FFFD, BAD_UTF8 },
    { "bad octets before escapes", TEXT("\"\xff\xff\\u20ac\\\"x\\\\\""),
      FFFD FFFD "\xe2\x82\xac\"x\\", BAD_UTF8 },
    { "everything at once", TEXT("\"\xff\\ud800\0\n\xc3\xbc\\u0000\""),
      FFFD FFFD FFFD "\n\xc3\xbc" FFFD, BAD_UTF8 | SURROGATE | NUL | CONTROL },
    /* refused */
    { "unknown escape", TEXT("\"\\x41\""), NULL, 0 },
    { "escaped nul octet", TEXT("\"\\\0\""), NULL, 0 },
    { "octal", TEXT("\"\\0\""), NULL, 0 },
    { "three digits", TEXT("\"\\u004\""), NULL, 0 },
    { "no digits", TEXT("\"\\uzzzz\""), NULL, 0 },
    { "sign in digits", TEXT("\"\\u+041\""), NULL, 0 },
    { "pair with broken second", TEXT("\"\\ud83d\\ude0\""), NULL, 0 },
    { "not closed", TEXT("\"abc"), NULL, 0 },
    { "closing quote escaped", TEXT("\"abc\\\""), NULL, 0 },
    { "ends in an escape", TEXT("\"abc\\"), NULL, 0 },
    { "ends in digits", TEXT("\"\\u00"), NULL, 0 },
};

struct outcome {
    char *copy; /* exactly as long as the text */
    struct arena arena;
    struct json_reader reader;
    struct json_value value;
    int rc;
};

static void read_string(struct outcome *o, struct slice text, struct err *err)
{
    o->copy = malloc(text.len);
    memcpy(o->copy, text.ptr, text.len);
    arena_init(&o->arena, 100000);
    json_reader_init(&o->reader, o->copy, text.len, 10, &o->arena);
    o->rc = json_string_read(&o->reader, &o->value, err);
}

static void forget(struct outcome *o)
{
    arena_deinit(&o->arena);
    free(o->copy);
}

static void strings_are_unescaped_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct outcome o;
        struct err err = { .kind = ERR_NONE };

        read_string(&o, rows[i].text, &err);
        ROW_NUMBER(rows[i].name, o.rc, rows[i].expected ? 0 : -1);
        if (o.rc == 0) {
            ROW_OCTETS(rows[i].name, slice_make(o.value.text, o.value.len),
                       slice_of(rows[i].expected));
            ROW_NUMBER(rows[i].name, o.value.text[o.value.len], '\0');
            ROW_NUMBER(rows[i].name, o.value.type, JSON_STRING);
            ROW_NUMBER(rows[i].name, json_offset(&o.reader), rows[i].text.len);
            ROW_NUMBER(rows[i].name, o.reader.quirks, rows[i].quirks);
        } else {
            ROW_NUMBER(rows[i].name, err.kind, ERR_INPUT);
        }
        forget(&o);
    }
}

/* Under ASan a read or write outside the exact copy shows. */
static void strings_cut_anywhere_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t len = 1; len < rows[i].text.len; len++) {
            struct outcome o;
            struct err err;

            read_string(&o, slice_make(rows[i].text.ptr, len), &err);
            ROW_NUMBER(rows[i].name, o.rc, -1);
            forget(&o);
        }
    }
}

/* The same row at each distance from a block of sixteen octets. */
static void octets_in_front_change_nothing(void **state)
{
    static const char front[] = "\"0123456789abcdefghijklmnopqrstuvwxyz";

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t n = 1; n < sizeof(front) - 1; n++) {
            char text[200], expected[200];
            struct outcome o;
            struct err err;

            memcpy(text, front, n);
            memcpy(text + n, rows[i].text.ptr + 1, rows[i].text.len - 1);
            read_string(&o, slice_make(text, n + rows[i].text.len - 1), &err);
            ROW_NUMBER(rows[i].name, o.rc, rows[i].expected ? 0 : -1);
            if (o.rc == 0) {
                snprintf(expected, sizeof(expected), "%.*s%s", (int)n - 1,
                         front + 1, rows[i].expected);
                ROW_TEXT(rows[i].name, o.value.text, expected);
            }
            forget(&o);
        }
    }
}

/* Bad octets triple; where the arena has no room for that it says so. */
static void growing_has_the_arenas_limit(void **state)
{
    char text[1002];
    struct json_reader reader;
    struct json_value value;
    struct arena arena;
    struct err err;

    (void)state;
    memset(text, 0xff, sizeof(text));
    text[0] = text[1001] = '"';
    arena_init(&arena, 2000);
    json_reader_init(&reader, text, sizeof(text), 1, &arena);
    assert_int_equal(json_read(&reader, &value, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    arena_deinit(&arena);
    memset(text + 1, 0xff, 1000);
    arena_init(&arena, 100000);
    json_reader_init(&reader, text, sizeof(text), 1, &arena);
    assert_int_equal(json_read(&reader, &value, &err), 0);
    assert_int_equal(value.len, 3000);
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_unescaped_or_refused),
        cmocka_unit_test(strings_cut_anywhere_are_refused),
        cmocka_unit_test(octets_in_front_change_nothing),
        cmocka_unit_test(growing_has_the_arenas_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
