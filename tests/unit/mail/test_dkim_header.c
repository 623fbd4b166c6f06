/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "mail/dkim_header.h"
#include "mail/limits.h"
#include "row.h"

static struct arena arena;
static struct dkim_header header;
static struct slice body;

static void read_header(const char *message)
{
    arena_init(&arena, 1 << 20);
    assert_int_equal(
        dkim_header_read(&arena, slice_of(message), &header, &body, NULL), 0);
}

static void done(void)
{
    dkim_header_deinit(&header);
    arena_deinit(&arena);
}

static const struct {
    const char *name, *message;
    const char *names; /* "name," for each field */
    const char *body;
    bool is_malformed;
} rows[] = {
    { "as it should be", "From: a\r\nTo: b\r\n\r\nbody", "From,To,", "body",
      false },
    { "bare LF", "From: a\nTo: b\n\nbody\n\nmore", "From,To,", "body\n\nmore",
      false },
    { "folded", "From: a\r\n b\r\n\tc\r\nTo: d\r\n\r\n", "From,To,", "",
      false },
    { "folded line of blanks", "From: a\r\n \r\nTo: d\r\n\r\nx", "From,To,",
      "x", false },
    { "no body", "From: a\r\nTo: b", "From,To,", "", false },
    { "no header", "\r\nFrom: a\r\n", "", "From: a\r\n", false },
    { "nothing", "", "", "", false },
    { "blanks before the colon", "From \t: a\r\n\r\n", "From,", "", false },
    { "empty value", "From:\r\nTo:", "From,To,", "", false },
    { "no colon", "From: a\r\nwords here\r\nTo: b\r\n\r\nx", "From,words,To,",
      "x", true },
    { "JSON among the fields", "From: a\r\n{\"a\": 1}\r\n\r\nx", "From,{\"a\",",
      "x", true },
    { "boundary", "From: a\r\n--b\r\n\r\nx", "From,--b,", "x", true },
    { "boundary that looks like a field", "--b: a\r\n\r\nx", "--b,", "x",
      true },
    { "folded line first", " a\r\nFrom: b\r\n\r\n", ",From,", "", true },
    { "no name", ": a\r\nFrom: b\r\n\r\n", ",From,", "", true },
    { "name with an octet above 127", "Fr\xc3\xb6m: a\r\n\r\n", "Fr,", "",
      true },
    { "control character", "Fr\x01: a\r\n\r\n", "Fr,", "", true },
    { "bare CR is no line end", "From: a\rTo: b\r\n\r\n", "From,", "", false },
    { "CR before the empty line", "From: a\r\n\r\r\nx", "From,,", "", true },
};

static void fields_are_found_as_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer got;

        buffer_init(&got, 1000);
        read_header(rows[i].message);
        for (size_t k = 0; k < header.n_fields; k++) {
            buffer_add(&got, header.fields[k].octets.ptr,
                       header.fields[k].name_len);
            buffer_add_char(&got, ',');
        }
        if (!header.is_malformed)
            ROW_TEXT(rows[i].name, buffer_text(&got), rows[i].names);
        ROW_NUMBER(rows[i].name, header.is_malformed, rows[i].is_malformed);
        if (strcmp(rows[i].name, "CR before the empty line") != 0)
            ROW_TEXT(rows[i].name, body.len ? body.ptr : "", rows[i].body);
        buffer_deinit(&got);
        done();
    }
}

/* RFC 6376 section 5.4.2: from the last to the first, then nothing. */
static void fields_of_one_name_are_taken_from_the_bottom(void **state)
{
    (void)state;
    read_header("A: 0\r\nb: 1\r\na: 2\r\nA : 3\r\n\r\n");
    for (int pass = 0; pass < 2; pass++) {
        dkim_header_rewind(&header);
        assert_int_equal(dkim_header_take(&header, SLICE("a")), 3);
        assert_int_equal(dkim_header_take(&header, SLICE("B")), 1);
        assert_int_equal(dkim_header_take(&header, SLICE("A")), 2);
        assert_int_equal(dkim_header_take(&header, SLICE("a")), 0);
        assert_int_equal(dkim_header_take(&header, SLICE("a")),
                         DKIM_HEADER_NONE);
        assert_int_equal(dkim_header_take(&header, SLICE("b")),
                         DKIM_HEADER_NONE);
        assert_int_equal(dkim_header_take(&header, SLICE("c")),
                         DKIM_HEADER_NONE);
        assert_int_equal(dkim_header_find(&header, SLICE("a"))->n_signed, 3);
        assert_int_equal(dkim_header_find(&header, SLICE("a"))->n_fields, 3);
        assert_int_equal(dkim_header_find(&header, SLICE("b"))->n_signed, 1);
    }
    done();
}

static void a_name_longer_than_any_is_not_found(void **state)
{
    static char message[400];

    (void)state;
    memset(message, 'x', 300);
    memcpy(message + 300, ": a\r\n\r\n", 8);
    read_header(message);
    assert_int_equal(header.n_fields, 1);
    assert_null(dkim_header_find(&header, slice_make(message, 300)));
    done();
}

static const struct {
    const char *name, *field, *simple, *relaxed;
} forms[] = {
    /* RFC 6376 section 3.4.5. */
    { "example of the RFC, first", "A: X\r\n", "A: X\r\n", "a:X\r\n" },
    { "example of the RFC, second", "B : Y\t\r\n\tZ  \r\n",
      "B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n" },
    { "bare LF", "A: x\n y\n", "A: x\r\n y\r\n", "a:x y\r\n" },
    { "value on the next line", "A:\r\n x\r\n", "A:\r\n x\r\n", "a:x\r\n" },
    { "two folds before the value", "A: \r\n \r\n  x\r\n",
      "A: \r\n \r\n  x\r\n", "a:x\r\n" },
    { "folds behind the value", "A: x\r\n \r\n\t\r\n", "A: x\r\n \r\n\t\r\n",
      "a:x\r\n" },
    { "empty value", "A:\r\n", "A:\r\n", "a:\r\n" },
    { "blanks alone", "A: \t \r\n", "A: \t \r\n", "a:\r\n" },
    { "no line end", "A: x", "A: x\r\n", "a:x\r\n" },
    { "bare CR", "A: x\ry \r\n", "A: x\ry \r\n", "a:x\ry\r\n" },
    { "case of the value", "A-B: Xy  Z\r\n", "A-B: Xy  Z\r\n", "a-b:Xy Z\r\n" },
    { "octets above 127", "A: \xc3\xbc  \xff\r\n", "A: \xc3\xbc  \xff\r\n",
      "a:\xc3\xbc \xff\r\n" },
};

static void check_form(const char *row, enum dkim_canon canon, bool is_last,
                       const char *want)
{
    unsigned char got[DIGEST_BYTES], expected[DIGEST_BYTES];
    size_t len = strlen(want) - (is_last ? 2 : 0);
    struct dkim_sink sink;

    assert_int_equal(dkim_sink_init(&sink), 0);
    dkim_header_add(&sink, &header.fields[0], canon, is_last);
    dkim_sink_finish(&sink, got);
    dkim_sink_deinit(&sink);
    assert_int_equal(digest_compute(slice_make(want, len), expected), 0);
    ROW_OCTETS(row, slice_make(got, DIGEST_BYTES),
               slice_make(expected, DIGEST_BYTES));
}

static void fields_are_canonicalised(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(forms); i++) {
        read_header(forms[i].field);
        assert_int_equal(header.n_fields, 1);
        for (int is_last = 0; is_last < 2; is_last++) {
            check_form(forms[i].name, DKIM_SIMPLE, is_last, forms[i].simple);
            check_form(forms[i].name, DKIM_RELAXED, is_last, forms[i].relaxed);
        }
        done();
    }
}

static void check_limit(const char *unit, size_t n, size_t unit_len, int rc)
{
    static char message[2 * MAIL_MAX_HEADER_BYTES];
    struct err err = { .kind = ERR_NONE };
    size_t used = 0;

    for (size_t i = 0; i < n; i++, used += unit_len)
        memcpy(message + used, unit, unit_len);
    arena_init(&arena, 1 << 24);
    assert_int_equal(dkim_header_read(&arena, slice_make(message, used),
                                      &header, &body, &err),
                     rc);
    assert_int_equal(err.kind, rc ? ERR_LIMIT : ERR_NONE);
    if (rc == 0)
        dkim_header_deinit(&header);
    arena_deinit(&arena);
}

static void headers_beyond_the_limits_are_refused(void **state)
{
    (void)state;
    check_limit("A:\r\n", MAIL_MAX_FIELDS, 4, 0);
    check_limit("A:\r\n", MAIL_MAX_FIELDS + 1, 4, -1);
    check_limit(" xxxxxx\n", MAIL_MAX_HEADER_BYTES / 8, 8, 0);
    check_limit(" xxxxxx\n", MAIL_MAX_HEADER_BYTES / 8 + 1, 8, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_found_as_they_stand),
        cmocka_unit_test(fields_of_one_name_are_taken_from_the_bottom),
        cmocka_unit_test(a_name_longer_than_any_is_not_found),
        cmocka_unit_test(fields_are_canonicalised),
        cmocka_unit_test(headers_beyond_the_limits_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
