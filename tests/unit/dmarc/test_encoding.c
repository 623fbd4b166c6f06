/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dmarc/encoding.h"
#include "row.h"

static void finds_the_declared_encoding(void **state)
{
    static const struct {
        const char *text, *name;
    } rows[] = {
        { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "UTF-8" },
        { "<?xml version='1.0' encoding = 'x' ?>", "x" },
        { "<?xml version='1.0'?><a encoding='x'/>", NULL },
        { "<a encoding='x'?>", NULL },
        { "<?xml encoding=x?>", NULL },
        { "<?xml encoding='x", NULL },
        { "<?xml encoding='x?>", "x" },
        { "<?xml encoding?>", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_OCTETS(rows[i].text, encoding_declared(slice_of(rows[i].text)),
                   slice_of(rows[i].name));
}

static void makes_any_octets_utf8(void **state)
{
    static const struct {
        const char *name, *declared;
        struct slice text, utf8;
        unsigned oddities;
    } rows[] = {
        { "ASCII", "", SLICE("a\t\r\n\x7f"), SLICE("a\t\r\n\x7f"), 0 },
        { "UTF-8", "utf-8", SLICE("\xc3\xbc"), SLICE("\xc3\xbc"), 0 },
        { "UTF-8 with a name of its own", "UTF8", SLICE("\xc3\xbc"),
          SLICE("\xc3\xbc"), 0 },
        { "ASCII declared as another", "iso-8859-1", SLICE("a"), SLICE("a"),
          0 },
        { "UTF-8 declared as another", "iso-8859-1", SLICE("\xc3\xbc"),
          SLICE("\xc3\xbc"), ENCODING_WRONG },
        { "ASCII declared as UTF-16", "UTF-16LE", SLICE("a"), SLICE("a"),
          ENCODING_WRONG },
        { "ASCII declared as UTF-32", "utf-32", SLICE("a"), SLICE("a"),
          ENCODING_WRONG },
        { "ISO 8859-1", "ISO-8859-1", SLICE("\xfc"), SLICE("\xc3\xbc"),
          ENCODING_BAD },
        { "Windows-1252", "windows-1252", SLICE("\x80\x93\x81"),
          SLICE("\xe2\x82\xac\xe2\x80\x9c\xef\xbf\xbd"), ENCODING_BAD },
        { "another that is not known", "windows-1251", SLICE("a\xfc"),
          SLICE("a\xef\xbf\xbd"), ENCODING_BAD },
        { "no encoding", "",
          SLICE("\xfc"
                "a\xc3\xbc\xe2\x82"),
          SLICE("\xef\xbf\xbd"
                "a\xc3\xbc\xef\xbf\xbd\xef\xbf\xbd"),
          ENCODING_BAD },
        { "control characters", "", SLICE("a\0\x0b\x1f"),
          SLICE("a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"), ENCODING_CONTROL },
        { "characters that are none", "", SLICE("\xef\xbf\xbe\xef\xbf\xbf!"),
          SLICE("\xef\xbf\xbd\xef\xbf\xbd!"), ENCODING_CONTROL },
        { "a replacement that stood there", "", SLICE("\xef\xbf\xbd"),
          SLICE("\xef\xbf\xbd"), 0 },
        { "all at once", "latin1", SLICE("\x01\xfc"),
          SLICE("\xef\xbf\xbd\xc3\xbc"), ENCODING_BAD | ENCODING_CONTROL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer buffer;
        struct slice text;
        unsigned oddities;

        buffer_init(&buffer, 1000);
        ROW_NUMBER(rows[i].name,
                   encoding_read(rows[i].text, slice_of(rows[i].declared),
                                 false, &buffer, &text, &oddities),
                   0);
        ROW_OCTETS(rows[i].name, text, rows[i].utf8);
        ROW_NUMBER(rows[i].name, oddities, rows[i].oddities);
        buffer_deinit(&buffer);
    }
}

static void what_needs_no_change_is_not_copied(void **state)
{
    static const struct slice text = { "a\xc3\xbc", 3 };
    struct buffer buffer;
    struct slice out;
    unsigned oddities;

    (void)state;
    buffer_init(&buffer, 0);
    assert_int_equal(
        encoding_read(text, SLICE("utf-16"), true, &buffer, &out, &oddities),
        0);
    assert_ptr_equal(out.ptr, text.ptr);
    assert_int_equal(oddities, 0);
    buffer_deinit(&buffer);
}

static void a_text_that_grows_too_large_fails(void **state)
{
    struct buffer buffer;
    struct slice out;
    unsigned oddities;

    (void)state;
    buffer_init(&buffer, 8);
    assert_int_equal(encoding_read(SLICE("\xff\xff\xff"), SLICE(""), false,
                                   &buffer, &out, &oddities),
                     -1);
    buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_declared_encoding),
        cmocka_unit_test(makes_any_octets_utf8),
        cmocka_unit_test(what_needs_no_change_is_not_copied),
        cmocka_unit_test(a_text_that_grows_too_large_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
