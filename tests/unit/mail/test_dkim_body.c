/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "crypt/base64.h"
#include "mail/dkim_body.h"
#include "row.h"

/* The canonical forms; NULL is the same as simple. */
static const struct {
    const char *name, *body, *simple, *relaxed;
} rows[] = {
    /* RFC 6376 section 3.4.5. */
    { "example of the RFC", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n",
      " C\r\nD E\r\n" },
    { "nothing", "", "\r\n", "" },
    { "an empty line", "\r\n", "\r\n", "" },
    { "empty lines", "\r\n\r\n\n", "\r\n", "" },
    { "blanks alone", "  \t\r\n", "  \t\r\n", "" },
    { "blanks without line end", " ", " \r\n", "" },
    { "no line end", "a", "a\r\n", NULL },
    { "one line end", "a\r\n", "a\r\n", NULL },
    { "many line ends", "a\r\n\r\n\r\n", "a\r\n", NULL },
    { "empty lines within", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n", NULL },
    { "empty lines before", "\r\n\r\na", "\r\n\r\na\r\n", NULL },
    { "lines of blanks within", "a\r\n \t\r\nb", "a\r\n \t\r\nb\r\n",
      "a\r\n\r\nb\r\n" },
    { "lines of blanks at the end", "a\r\n \r\n\t\r\n", "a\r\n \r\n\t\r\n",
      "a\r\n" },
    { "bare LF", "a\n\nb\n\n", "a\r\n\r\nb\r\n", NULL },
    { "mixed line ends", "a \nb\t\r\n\n\r\n", "a \r\nb\t\r\n", "a\r\nb\r\n" },
    { "bare CR stays", "a\rb \r\n\r", "a\rb \r\n\r\r\n", "a\rb\r\n\r\r\n" },
    { "CR before CRLF stays", "a\r\r\n", "a\r\r\n", NULL },
    { "indented", "  a\r\n\tb\r\n", "  a\r\n\tb\r\n", " a\r\n b\r\n" },
    { "octets above 127", "\xff  \xc3\xbc\r\n", "\xff  \xc3\xbc\r\n",
      "\xff \xc3\xbc\r\n" },
    { "dots", "..\r\n.\r\n", "..\r\n.\r\n", NULL },
};

static void check(const char *row, const unsigned char *got, const char *want)
{
    unsigned char expected[DIGEST_BYTES];
    char a[DIGEST_HEX_BYTES], b[DIGEST_HEX_BYTES];

    assert_int_equal(digest_compute(slice_of(want), expected), 0);
    ROW_TEXT(row, digest_format(got, a), digest_format(expected, b));
}

static void bodies_are_canonicalised(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice body = slice_of(rows[i].body);
        const char *relaxed =
            rows[i].relaxed ? rows[i].relaxed : rows[i].simple;
        unsigned char out[DKIM_CANON_COUNT][DIGEST_BYTES];
        /* An exact allocation, so that a read too far is seen. */
        char *copy = malloc(body.len ? body.len : 1);

        memcpy(copy, body.ptr, body.len);
        assert_int_equal(dkim_body_digest(slice_make(copy, body.len), 3, out),
                         0);
        check(rows[i].name, out[DKIM_SIMPLE], rows[i].simple);
        check(rows[i].name, out[DKIM_RELAXED], relaxed);
        free(copy);
    }
}

/* RFC 6376 sections 3.4.3 and 3.4.4. */
static void an_empty_body_has_the_digests_of_the_rfc(void **state)
{
    static const char *const texts[DKIM_CANON_COUNT] = {
        [DKIM_SIMPLE] = "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=",
        [DKIM_RELAXED] = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    };
    unsigned char out[DKIM_CANON_COUNT][DIGEST_BYTES];

    (void)state;
    assert_int_equal(dkim_body_digest(slice_make(NULL, 0), 3, out), 0);
    for (int i = 0; i < DKIM_CANON_COUNT; i++) {
        char want[64];
        unsigned oddities;

        assert_int_equal(base64_decode(slice_of(texts[i]), want, &oddities),
                         DIGEST_BYTES);
        ROW_OCTETS(texts[i], slice_make(out[i], DIGEST_BYTES),
                   slice_make(want, DIGEST_BYTES));
    }
}

static void only_what_is_wanted_is_digested(void **state)
{
    unsigned char out[DKIM_CANON_COUNT][DIGEST_BYTES] = { { 7 }, { 7 } };
    unsigned char untouched[DIGEST_BYTES] = { 7 };

    (void)state;
    assert_int_equal(dkim_body_digest(SLICE("a"), 1u << DKIM_RELAXED, out), 0);
    assert_memory_equal(out[DKIM_SIMPLE], untouched, DIGEST_BYTES);
    check("relaxed", out[DKIM_RELAXED], "a\r\n");
    out[DKIM_RELAXED][0] = 7;
    assert_int_equal(dkim_body_digest(SLICE("a"), 0, out), 0);
    assert_int_equal(out[DKIM_RELAXED][0], 7);
}

/* Lines longer than what is staged, with blanks near its end. */
static void long_lines_are_canonicalised(void **state)
{
    static char body[30000], want[30000];
    unsigned char out[DKIM_CANON_COUNT][DIGEST_BYTES];
    size_t n = 0;

    (void)state;
    memset(body, 'x', sizeof(body) - 1);
    for (size_t i = 4090; i < 4100; i++)
        body[i] = ' ';
    for (size_t i = 0; i < sizeof(body) - 1; i++) {
        if (body[i] != ' ' || body[i - 1] != ' ')
            want[n++] = body[i];
    }
    memcpy(want + n, "\r\n", 3);
    assert_int_equal(dkim_body_digest(slice_of(body), 3, out), 0);
    check("long line", out[DKIM_RELAXED], want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_canonicalised),
        cmocka_unit_test(an_empty_body_has_the_digests_of_the_rfc),
        cmocka_unit_test(only_what_is_wanted_is_digested),
        cmocka_unit_test(long_lines_are_canonicalised),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
