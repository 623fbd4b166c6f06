/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/reader.h"

#include <stdlib.h>

#include "dump.h"
#include "row.h"

#define BAD NULL

static const struct {
    const char *name, *text;
    const char *dump; /* BAD: refused */
} rows[] = {
    { "nothing", "", "" },
    { "blanks alone", " \t\r\n", "" },
    { "scalars", "1 true false null \"x\"", "1 true false null \"x\"" },
    { "numbers", "[0,-0,10,-1.5,1e9,1E+9,1.0e-9,12345678901234567890]",
      "[0,-0,10,-1.5,1e9,1E+9,1.0e-9,12345678901234567890]" },
    { "empty containers", "[] {} [[]] [{}] {\"a\":[]}",
      "[] {} [[]] [{}] {\"a\":[]}" },
    { "blanks everywhere", " { \"a\" : [ 1 , 2 ] , \"b\" : { } } ",
      "{\"a\":[1,2],\"b\":{}}" },
    { "a name twice", "{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}" },
    { "empty name", "{\"\":1}", "{\"\":1}" },
    { "escaped name", "{\"\\u0061\\n\":1}", "{\"a\\n\":1}" },
    { "siblings behind containers", "[[1],{\"a\":2},3]", "[[1],{\"a\":2},3]" },
    { "values side by side", "{}{}", "{} {}" },
    /* refused */
    { "comma behind the last element", "[1,]", BAD },
    { "comma before the first element", "[,1]", BAD },
    { "comma alone", "[,]", BAD },
    { "two commas", "[1,,2]", BAD },
    { "no comma", "[1 2]", BAD },
    { "comma behind the last member", "{\"a\":1,}", BAD },
    { "comma alone in an object", "{,}", BAD },
    { "no colon", "{\"a\" 1}", BAD },
    { "no value", "{\"a\":}", BAD },
    { "no member", "{\"a\"}", BAD },
    { "number as name", "{1:1}", BAD },
    { "name without quotes", "{a:1}", BAD },
    { "single quotes", "['a']", BAD },
    { "closed by the other bracket", "[1}", BAD },
    { "object closed by the other bracket", "{\"a\":1]", BAD },
    { "closed too often", "[]]", BAD },
    { "not closed", "[1", BAD },
    { "not closed behind a comma", "[1,", BAD },
    { "object not closed", "{\"a\":1", BAD },
    { "string not closed", "\"abc", BAD },
    { "escape not closed", "\"abc\\", BAD },
    { "colon alone", ":", BAD },
    { "leading zero", "01", BAD },
    { "negative leading zero", "-01", BAD },
    { "plus", "+1", BAD },
    { "minus alone", "-", BAD },
    { "point without digits", "1.", BAD },
    { "point first", ".5", BAD },
    { "exponent without digits", "1e", BAD },
    { "exponent with sign alone", "1e+", BAD },
    { "hexadecimal", "[0x10]", BAD },
    { "NaN", "NaN", BAD },
    { "Infinity", "-Infinity", BAD },
    { "capital literal", "True", BAD },
    { "half a literal", "tru", BAD },
    { "literals run together", "[truefalse]", BAD },
    { "comment", "[1]//x", BAD },
    { "byte order mark", "\xef\xbb\xbf[]", BAD },
    { "blank that is none", "\xc2\xa0[]", BAD },
    { "form feed as blank", "\f[]", BAD },
    { "html", "<!DOCTYPE html>", BAD },
};

static void texts_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer out;
        struct err err = { .kind = ERR_NONE };
        int rc;

        buffer_init(&out, 100000);
        rc = dump_text(slice_of(rows[i].text), 100, &out, NULL, &err);
        ROW_NUMBER(rows[i].name, rc, rows[i].dump ? 0 : -1);
        ROW_NUMBER(rows[i].name, err.kind, rows[i].dump ? ERR_NONE : ERR_INPUT);
        if (rows[i].dump)
            ROW_TEXT(rows[i].name, buffer_text(&out), rows[i].dump);
        else
            assert_true(err.offset <= strlen(rows[i].text));
        buffer_deinit(&out);
    }
}

static void a_refusal_says_where(void **state)
{
    static const struct {
        const char *text;
        int offset;
    } places[] = {
        { "[1 2]", 3 }, { "{\"a\" 1}", 5 }, { "[nul]", 1 },
        { "[1", 2 },    { "  x", 2 },       { "[\"\\q\"]", 4 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(places); i++) {
        struct buffer out;
        struct err err;

        buffer_init(&out, 1000);
        dump_text(slice_of(places[i].text), 10, &out, NULL, &err);
        ROW_NUMBER(places[i].text, err.offset, places[i].offset);
        assert_non_null(strstr(err.text, " at octet "));
        assert_int_equal(
            dump_text(slice_of(places[i].text), 10, &out, NULL, NULL), -1);
        buffer_deinit(&out);
    }
}

/* An unfinished text is never taken for a whole one, nor read past its end. */
static void a_text_cut_anywhere_is_refused(void **state)
{
    static const char whole[] =
        "{\"a\\u00e9\":[1.5e3,true,null,\"x\\ud83d\\ude00\xc3\xbc\"],"
        "\"b\":{\"c\":\"\xff\",\"d\":-12}}";

    (void)state;
    for (size_t len = 1; len < sizeof(whole); len++) {
        struct buffer out;
        struct err err;

        buffer_init(&out, 1000);
        assert_int_equal(
            dump_text(slice_make(whole, len), 10, &out, NULL, &err),
            len == sizeof(whole) - 1 ? 0 : -1);
        buffer_deinit(&out);
    }
}

static char *nested(size_t levels, const char *open, const char *close)
{
    size_t n = strlen(open), m = strlen(close);
    char *text = calloc(1, levels * (n + m) + 2);

    for (size_t i = 0; i < levels; i++) {
        memcpy(text + i * n, open, n);
        memcpy(text + levels * n + 1 + i * m, close, m);
    }
    text[levels * n] = '1';
    return text;
}

static void depth_has_a_limit_of_the_callers(void **state)
{
    static const struct {
        size_t levels;
        unsigned max_depth;
        enum err_kind kind;
    } depths[] = {
        { 1, 1, ERR_NONE },       { 2, 1, ERR_LIMIT },
        { 512, 512, ERR_NONE },   { 513, 512, ERR_LIMIT },
        { 1000, 1000, ERR_NONE }, { 100000, 512, ERR_LIMIT },
    };
    static const char *const brackets[][2] = { { "[", "]" },
                                               { "{\"a\":", "}" } };

    (void)state;
    for (size_t i = 0; i < 2 * ROWS(depths); i++) {
        const char *const *pair = brackets[i % 2];
        char *text = nested(depths[i / 2].levels, pair[0], pair[1]);
        struct buffer out;
        struct err err = { .kind = ERR_NONE };

        buffer_init(&out, 1000000);
        dump_text(slice_of(text), depths[i / 2].max_depth, &out, NULL, &err);
        ROW_NUMBER(pair[0], err.kind, depths[i / 2].kind);
        if (err.kind == ERR_LIMIT)
            ROW_NUMBER(pair[0], err.offset,
                       strlen(pair[0]) * depths[i / 2].max_depth);
        else
            ROW_TEXT(pair[0], buffer_text(&out), text);
        buffer_deinit(&out);
        free(text);
    }
}

/* Skips the first element of [value,77] and reads the second. */
static int skip_and_read(char *text, unsigned max_depth, struct err *err)
{
    struct json_reader reader;
    struct json_value value;
    struct arena arena;
    size_t len = strlen(text);
    int rc;

    arena_init(&arena, 1000000);
    json_reader_init(&reader, text, len, max_depth, &arena);
    assert_int_equal(json_read(&reader, &value, err), 0);
    assert_int_equal(json_array_next(&reader, &value, err), 0);
    rc = json_skip(&reader, &value, err);
    if (rc == 0) {
        assert_int_equal(json_array_next(&reader, &value, err), 0);
        assert_int_equal(value.len, 2);
        assert_memory_equal(value.text, "77", 2);
        assert_int_equal(json_array_next(&reader, &value, err), 1);
        assert_int_equal(json_offset(&reader), len);
        assert_int_equal(json_read(&reader, &value, err), 1);
    }
    arena_deinit(&arena);
    return rc;
}

static void any_value_can_be_skipped(void **state)
{
    static const char *const values[] = {
        "1",
        "\"a\\n\"",
        "null",
        "[]",
        "{}",
        "[1,[2,{\"a\":[3]}],4]",
        "{\"a\":{\"b\":[{}]},\"c\":\"]}\"}",
    };

    (void)state;
    for (size_t i = 0; i < ROWS(values); i++) {
        char text[100];
        struct err err;

        snprintf(text, sizeof(text), "[%s,77]", values[i]);
        ROW_NUMBER(values[i], skip_and_read(text, 100, &err), 0);
    }
}

static void skipping_has_the_limit_too(void **state)
{
    static const size_t levels[] = { 998, 999, 1000, 100000 };

    (void)state;
    for (size_t i = 0; i < ROWS(levels); i++) {
        char *deep =
            nested(levels[i], i % 2 ? "[" : "{\"a\":", i % 2 ? "]" : "}");
        char *text = malloc(strlen(deep) + 6);
        struct err err = { .kind = ERR_NONE };

        snprintf(text, strlen(deep) + 6, "[%s,77]", deep);
        ROW_NUMBER("skip", skip_and_read(text, 1000, &err),
                   levels[i] <= 999 ? 0 : -1);
        ROW_NUMBER("kind", err.kind, levels[i] <= 999 ? ERR_NONE : ERR_LIMIT);
        free(text);
        free(deep);
    }
}

static void faults_within_what_is_skipped_are_seen(void **state)
{
    static const char *const values[] = { "[1,]", "{\"a\":tru}", "[\"\\x\"]",
                                          "[[}" };

    (void)state;
    for (size_t i = 0; i < ROWS(values); i++) {
        char text[100];
        struct err err = { .kind = ERR_NONE };

        snprintf(text, sizeof(text), "[%s,77]", values[i]);
        ROW_NUMBER(values[i], skip_and_read(text, 100, &err), -1);
        ROW_NUMBER(values[i], err.kind, ERR_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_or_refused),
        cmocka_unit_test(a_refusal_says_where),
        cmocka_unit_test(a_text_cut_anywhere_is_refused),
        cmocka_unit_test(depth_has_a_limit_of_the_callers),
        cmocka_unit_test(any_value_can_be_skipped),
        cmocka_unit_test(skipping_has_the_limit_too),
        cmocka_unit_test(faults_within_what_is_skipped_are_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
