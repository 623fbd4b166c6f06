/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "json/writer.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "dump.h"
#include "row.h"

static void days_and_moments_are_text_or_null(void **state)
{
    struct json_writer w;
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    json_writer_init(&w, &out);
    json_begin_object(&w);
    json_member_day(&w, "a", 20728);
    json_member_day(&w, "b", UTC_DAY_NONE);
    json_member_time(&w, "c", INT64_C(1790899199));
    json_member_time(&w, "d", UTC_NONE);
    json_end_object(&w);
    assert_string_equal(buffer_text(&out),
                        "{\"a\":\"2026-10-02\",\"b\":null,"
                        "\"c\":\"2026-10-01T23:59:59Z\",\"d\":null}");
    buffer_deinit(&out);
}

static void a_document_has_its_commas(void **state)
{
    struct json_writer w;
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    json_writer_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "a");
    json_begin_array(&w);
    json_int(&w, INT64_MIN);
    json_int(&w, INT64_MAX);
    json_begin_object(&w);
    json_end_object(&w);
    json_begin_array(&w);
    json_end_array(&w);
    json_null(&w);
    json_end_array(&w);
    json_member_bool(&w, "b", true);
    json_member_bool(&w, "c", false);
    json_member_string(&w, "d", "x");
    json_member_string(&w, "e", NULL);
    json_member_int(&w, "f", 0);
    json_key(&w, "g");
    json_decimal(&w, 1.255, 1);
    json_end_object(&w);
    assert_false(out.failed);
    assert_string_equal(
        buffer_text(&out),
        "{\"a\":[-9223372036854775808,9223372036854775807,{},[],null],"
        "\"b\":true,\"c\":false,\"d\":\"x\",\"e\":null,\"f\":0,\"g\":1.3}");
    buffer_deinit(&out);
}

static void strings_are_escaped(void **state)
{
    static const struct {
        const char *name;
        struct slice text;
        const char *expected;
    } rows[] = {
        { "empty", { "", 0 }, "\"\"" },
        { "absent", { NULL, 0 }, "null" },
        { "plain", { "abc", 3 }, "\"abc\"" },
        { "quote and backslash", { "\"\\", 2 }, "\"\\\"\\\\\"" },
        { "controls",
          { "\0\x01\t\n\x1f", 5 },
          "\"\\u0000\\u0001\\u0009\\n\\u001f\"" },
        { "del and c1",
          { "\x7f\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", 9 },
          "\"\\u007f\\u0080\\u009b\\u009f\xc2\xa0\"" },
        { "utf-8",
          { "\xc3\xbc\xf0\x9f\x98\x80", 6 },
          "\"\xc3\xbc\xf0\x9f\x98\x80\"" },
        { "bad utf-8",
          { "a\xff\xed\xa0\x80", 5 },
          "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
        { "cut character", { "\xe2\x82", 2 }, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct json_writer w;
        struct buffer out;

        buffer_init(&out, 10000);
        json_writer_init(&w, &out);
        json_string_slice(&w, rows[i].text);
        ROW_TEXT(rows[i].name, buffer_text(&out), rows[i].expected);
        buffer_deinit(&out);
    }
}

/* I-JSON has no number for them: RFC 7493 section 2.2. */
static void what_is_no_number_becomes_null(void **state)
{
    struct json_writer w;
    struct buffer out;

    (void)state;
    buffer_init(&out, 1000);
    json_writer_init(&w, &out);
    json_begin_array(&w);
    json_decimal(&w, (double)NAN, 2);
    json_decimal(&w, (double)INFINITY, 2);
    json_decimal(&w, -0.5, 0);
    json_end_array(&w);
    assert_string_equal(buffer_text(&out), "[null,null,-0]");
    buffer_deinit(&out);
}

/* read(write(x)) = x: every character of Unicode in strings and names. */
static void each_character_is_read_as_written(void **state)
{
    struct buffer once, twice;
    struct json_writer w;
    struct err err;
    struct dump_facts facts;

    (void)state;
    buffer_init(&once, 20000000);
    buffer_init(&twice, 20000000);
    json_writer_init(&w, &once);
    json_begin_array(&w);
    for (unsigned c = 1; c <= 0x10ffff; c += c < 0x3000 ? 1 : 37) {
        char octets[4];

        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        json_string_slice(&w, slice_make(octets, text_encode_utf8(c, octets)));
    }
    json_end_array(&w);
    assert_int_equal(dump_text(buffer_slice(&once), 10, &twice, &facts, &err),
                     0);
    assert_int_equal(facts.quirks, 0);
    assert_true(slice_equal(buffer_slice(&once), buffer_slice(&twice)));
    buffer_deinit(&once);
    buffer_deinit(&twice);
}

static void too_deep_or_too_long_fails_and_sticks(void **state)
{
    struct json_writer w;
    struct buffer out;

    (void)state;
    buffer_init(&out, 1000);
    json_writer_init(&w, &out);
    for (int i = 0; i < JSON_WRITER_MAX_DEPTH - 1; i++)
        json_begin_array(&w);
    assert_false(out.failed);
    json_begin_array(&w);
    assert_true(out.failed);
    for (int i = 0; i < 2 * JSON_WRITER_MAX_DEPTH; i++) {
        json_begin_object(&w);
        json_end_object(&w);
        json_end_array(&w);
    }
    assert_true(out.failed);
    buffer_deinit(&out);
    buffer_init(&out, 5);
    json_writer_init(&w, &out);
    json_string(&w, "abcdef");
    assert_true(out.failed);
    buffer_deinit(&out);
}

struct sunk {
    struct buffer all;
    size_t n_calls, most;
};

static void sink(void *context, struct slice octets)
{
    struct sunk *sunk = context;

    buffer_add(&sunk->all, octets.ptr, octets.len);
    sunk->n_calls++;
    if (octets.len > sunk->most)
        sunk->most = octets.len;
}

static void write_many(struct json_writer *w)
{
    json_begin_array(w);
    for (int i = 0; i < 20000; i++)
        json_int(w, i);
    json_end_array(w);
}

static void a_sink_gets_the_same_in_pieces(void **state)
{
    struct sunk sunk = { .n_calls = 0 };
    struct buffer out, whole;
    struct json_writer w;

    (void)state;
    buffer_init(&sunk.all, 1000000);
    buffer_init(&whole, 1000000);
    json_writer_init(&w, &whole);
    write_many(&w);
    buffer_init(&out, 1000000);
    json_writer_init(&w, &out);
    json_writer_flush(&w);
    w.sink = sink;
    w.context = &sunk;
    json_writer_flush(&w);
    assert_int_equal(sunk.n_calls, 0);
    write_many(&w);
    json_writer_flush(&w);
    assert_int_equal(out.len, 0);
    assert_true(slice_equal(buffer_slice(&sunk.all), buffer_slice(&whole)));
    assert_true(sunk.n_calls > 1);
    assert_true(sunk.most < JSON_WRITER_FLUSH_BYTES + 100);
    buffer_deinit(&sunk.all);
    buffer_deinit(&whole);
    buffer_deinit(&out);
}

/* Octets are looked at by eights: each one is seen wherever it stands. */
static void what_is_not_plain_is_found_at_every_place(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        bool is_plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

        for (size_t place = 0; place < 20; place++) {
            char octets[20];
            struct json_writer w;
            struct buffer out;

            memset(octets, '!', sizeof(octets));
            octets[place] = (char)c;
            buffer_init(&out, 200);
            json_writer_init(&w, &out);
            json_string_slice(&w, slice_make(octets, sizeof(octets)));
            assert_int_equal(out.len == sizeof(octets) + 2, is_plain);
            assert_memory_equal(out.ptr + 1, octets, place);
            assert_int_equal(out.ptr[out.len - 1], '"');
            if (place < sizeof(octets) - 1)
                assert_int_equal(out.ptr[out.len - 2], '!');
            buffer_deinit(&out);
        }
    }
}

/* A long string goes out in pieces as well, whatever it is escaped to. */
static void a_long_string_needs_no_large_buffer(void **state)
{
    static const char octets[] = "a\x01\"\x9f";
    enum { LONG = 300000 };
    char *text = malloc(LONG + 1);
    struct sunk sunk = { .n_calls = 0 };
    struct buffer out, whole;
    struct json_writer w;

    (void)state;
    assert_non_null(text);
    text[LONG] = '\0';
    for (size_t i = 0; octets[i]; i++) {
        memset(text, octets[i], LONG);
        buffer_init(&sunk.all, 10 * LONG);
        buffer_init(&whole, 10 * LONG);
        json_writer_init(&w, &whole);
        json_string(&w, text);
        buffer_init(&out, JSON_WRITER_SINK_BYTES);
        json_writer_init(&w, &out);
        w.sink = sink;
        w.context = &sunk;
        json_string(&w, text);
        json_writer_flush(&w);
        assert_false(out.failed);
        assert_true(slice_equal(buffer_slice(&sunk.all), buffer_slice(&whole)));
        buffer_deinit(&sunk.all);
        buffer_deinit(&whole);
        buffer_deinit(&out);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_moments_are_text_or_null),
        cmocka_unit_test(a_document_has_its_commas),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(what_is_no_number_becomes_null),
        cmocka_unit_test(each_character_is_read_as_written),
        cmocka_unit_test(too_deep_or_too_long_fails_and_sticks),
        cmocka_unit_test(a_sink_gets_the_same_in_pieces),
        cmocka_unit_test(what_is_not_plain_is_found_at_every_place),
        cmocka_unit_test(a_long_string_needs_no_large_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
