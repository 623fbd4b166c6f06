/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "dump.h"
#include "oracle.h"
#include "row.h"
#include "json/writer.h"

/*
 * The reader held against jansson, which nobody here wrote: both accept or both
 * refuse, and what they accept means the same. Differences are allowed where
 * the header says that the reader is lenient (a quirk bit is set), and where
 * jansson is: names twice, numbers beyond its types, NUL in names.
 */

enum { MAX_DEPTH = 200, TEXT_BYTES = 4096 };

/*
 * What the reader makes of it, read by jansson once more so that numbers and
 * escapes have one spelling. NULL where the reader refuses or finds nothing.
 */
static char *ours(struct slice text, struct dump_facts *facts)
{
    struct buffer out;
    struct err err;
    char *dump = NULL;
    bool is_beyond;

    buffer_init(&out, 1000000);
    if (dump_text(text, MAX_DEPTH, &out, facts, &err) == 0 && facts->n_values) {
        dump = oracle_dump(buffer_slice(&out), &is_beyond);
        if (!dump)
            dump = strdup("what jansson refuses");
    }
    buffer_deinit(&out);
    return dump;
}

/* Returns: whether both could be compared. */
static bool check(const char *row, struct slice text)
{
    struct dump_facts facts = { 0 };
    bool is_beyond, is_comparable;
    char *a = oracle_dump(text, &is_beyond), *b = ours(text, &facts);

    is_comparable = !facts.quirks && facts.n_values < 2 && !is_beyond;
    if (is_comparable)
        ROW_TEXT(row, b, a);
    free(a);
    free(b);
    return is_comparable;
}

static const char *const whole_texts[] = {
    "",
    " ",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1.5",
    "1e5",
    "1E-5",
    "9223372036854775807",
    "-9223372036854775808",
    "\"\"",
    "\"a\"",
    "[]",
    "{}",
    "[1,2,3]",
    "{\"a\":1,\"b\":[true,false,null]}",
    " [ 1 , { \"a\" : \"b\" } ] ",
    "\t[\n1\r]\n",
    "[1,]",
    "[,1]",
    "[1 2]",
    "{\"a\":1,}",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{a:1}",
    "{'a':1}",
    "[1",
    "{\"a\":1",
    "\"abc",
    "]",
    "}",
    ",",
    ":",
    "[1}",
    "{]",
    "01",
    "-01",
    "+1",
    "-",
    "1.",
    ".5",
    "1e",
    "1e+",
    "0x1",
    "00",
    "1.e5",
    "1.5e",
    "-a",
    "NaN",
    "Infinity",
    "nul",
    "True",
    "truefalse",
    "[truefalse]",
    "\"\\n\\t\\\"\\\\\\/\\b\\f\\r\"",
    "\"\\u0041\"",
    "\"\\u00e9\\u20ac\"",
    "\"\\ud83d\\ude00\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\ud83d\\u0041\"",
    "\"\x7f\"",
    "\"\xc3\xbc\"",
    "\"\xf0\x9f\x98\x80\"",
    "\xef\xbb\xbf[]",
    "[]x",
    "//x\n[]",
    "[1]/**/",
    "\v[]",
    "\xc2\xa0[]",
    "{\"a\":{\"b\":{\"c\":[[[{}]]]}}}",
    "{\"\":\"\"}",
    "[\"\\u0000\"]",
    "[0.1,0.25,1e-7,123456.789,-1.25e10]",
    "{\"a\":1 \"b\":2}",
    "{\"a\"::1}",
    "[[]",
    "[]]",
    "{}}",
    "{{}}",
    "[\"a\":1]",
    "{\"a\",1}",
    "{1:2}",
    "{null:1}",
    "{\"a\":1,,\"b\":2}",
    "[1,\n]",
    "\"a\" ",
    "1 ",
    "[\"\\u0022\\u005c\"]",
    "\"\\ud800\"",
    "\"\\udc00\"",
};

static void whole_texts_agree(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(whole_texts); i++)
        check(whole_texts[i], slice_of(whole_texts[i]));
}

static unsigned next_random(uint64_t *seed, unsigned below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (unsigned)(*seed >> 33) % below;
}

static void random_string(struct json_writer *w, uint64_t *seed)
{
    static const char *const pieces[] = {
        "a",
        "mx.example",
        "\xc3\xbc",
        "\xe2\x82\xac",
        "\xf0\x9f\x98\x80",
        "\"",
        "\\",
        "\n",
        "\x01",
        "\x7f",
        "\xc2\x9b",
        "/",
        " ",
        "0123456789abcdef",
    };
    char text[200] = "";
    size_t used = 0;

    for (unsigned n = next_random(seed, 8); n; n--) {
        const char *piece = pieces[next_random(seed, ROWS(pieces))];

        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", piece);
    }
    json_string(w, text);
}

static void random_value(struct json_writer *w, uint64_t *seed, unsigned depth)
{
    unsigned kind = next_random(seed, depth < 6 ? 8 : 6);
    char name[16];

    if (kind == 0)
        json_null(w);
    else if (kind == 1)
        json_bool(w, next_random(seed, 2));
    else if (kind == 2)
        json_int(w, (int64_t)*seed);
    else if (kind == 3)
        json_decimal(w, (double)next_random(seed, 100000) / 64, 6);
    else if (kind < 6)
        random_string(w, seed);
    else {
        unsigned n = next_random(seed, 5);

        (kind == 6 ? json_begin_array : json_begin_object)(w);
        for (unsigned i = 0; i < n; i++) {
            /* jansson keeps the last of equal names: give none twice */
            snprintf(name, sizeof(name), "n%u", i);
            if (kind == 7)
                json_key(w, name);
            random_value(w, seed, depth + 1);
        }
        (kind == 6 ? json_end_array : json_end_object)(w);
    }
}

/* What the writer writes both read alike, and read and written it is the same. */
static void generated_texts_agree(void **state)
{
    uint64_t seed = UINT64_C(0x8460846084608460);

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct buffer text, again;
        struct json_writer w;
        struct err err;
        struct dump_facts facts;

        buffer_init(&text, 1000000);
        buffer_init(&again, 1000000);
        json_writer_init(&w, &text);
        random_value(&w, &seed, 0);
        assert_false(text.failed);
        check(buffer_text(&text), buffer_slice(&text));
        assert_int_equal(
            dump_text(buffer_slice(&text), MAX_DEPTH, &again, &facts, &err), 0);
        assert_int_equal(facts.quirks, 0);
        ROW_TEXT("again", buffer_text(&again), buffer_text(&text));
        buffer_deinit(&text);
        buffer_deinit(&again);
    }
}

/* One octet changed, dropped, doubled or the rest cut off. */
static size_t damage(char *text, size_t len, uint64_t *seed)
{
    static const char octets[] =
        "\"\\{}[],:0129.eE+-tfn \n\x01\x7f\xc3\xbc\xff/u";
    size_t at = next_random(seed, (unsigned)len);

    switch (next_random(seed, 4)) {
    case 0:
        text[at] = octets[next_random(seed, sizeof(octets) - 1)];
        return len;
    case 1: memmove(text + at, text + at + 1, len - at - 1); return len - 1;
    case 2: memmove(text + at + 1, text + at, len - at); return len + 1;
    default: return at;
    }
}

static void damaged_texts_agree(void **state)
{
    uint64_t seed = UINT64_C(0x1234567812345678);
    unsigned n_read = 0, n_rounds = 0;

    (void)state;
    for (int round = 0; round < 1500; round++) {
        char base[TEXT_BYTES + 1], text[TEXT_BYTES + 1], shown[400];
        struct buffer whole;
        struct json_writer w;

        buffer_init(&whole, TEXT_BYTES);
        json_writer_init(&w, &whole);
        random_value(&w, &seed, 0);
        if (!whole.failed && whole.len > 1) {
            memcpy(base, whole.ptr, whole.len);
            for (int i = 0; i < 10; i++) {
                size_t len;
                bool is_beyond;
                char *witness;

                memcpy(text, base, whole.len);
                len = damage(text, whole.len, &seed);
                row_quote(shown, sizeof(shown), slice_make(text, len));
                if (!check(shown, slice_make(text, len)))
                    continue;
                witness = oracle_dump(slice_make(text, len), &is_beyond);
                n_read += witness != NULL;
                n_rounds++;
                free(witness);
            }
        }
        buffer_deinit(&whole);
    }
    /* Both verdicts must have been met often, else the test says little. */
    assert_true(n_rounds > 5000 && n_read > n_rounds / 20 &&
                n_read < n_rounds / 20 * 19);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_texts_agree),
        cmocka_unit_test(generated_texts_agree),
        cmocka_unit_test(damaged_texts_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
