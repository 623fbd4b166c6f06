/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/imap_text.h"
#include "row.h"

static void folders_are_named(void **state)
{
    static const struct {
        const char *name;
        const char *written;
    } rows[] = {
        { "INBOX", "\"INBOX\"" },
        { "TLS reports/done", "\"TLS reports/done\"" },
        { "a\"b\\c", "\"a\\\"b\\\\c\"" },
        { "R&D", "\"R&-D\"" },
        { "Entw\u00fcrfe", "\"Entw&APw-rfe\"" },
        { "~peter/mail/\u53f0\u5317/\u65e5\u672c\u8a9e",
          "\"~peter/mail/&U,BTFw-/&ZeVnLIqe-\"" }, /* RFC 3501 */
        { "\U0001f4ec", "\"&2D3c7A-\"" },
        { "\u00fc&", "\"&APw-&-\"" },
        { "", "\"\"" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer out;

        buffer_init(&out, 1000);
        imap_text_add_folder(&out, rows[i].name);
        ROW_TEXT(rows[i].name, buffer_text(&out), rows[i].written);
        buffer_deinit(&out);
    }
}

static void sets_are_short(void **state)
{
    static const struct {
        uint32_t uids[6];
        size_t n;
        const char *written;
    } rows[] = {
        { { 7 }, 1, "7" },
        { { 1, 2, 3 }, 3, "1:3" },
        { { 1, 3, 4, 9 }, 4, "1,3:4,9" },
        { { 4294967294, 4294967295 }, 2, "4294967294:4294967295" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct buffer out;

        buffer_init(&out, 1000);
        imap_text_add_set(&out, rows[i].uids, rows[i].n);
        ROW_TEXT(rows[i].written, buffer_text(&out), rows[i].written);
        buffer_deinit(&out);
    }
}

static void keywords_hold_no_command(void **state)
{
    (void)state;
    assert_true(imap_text_is_keyword("$TlsReport"));
    assert_true(imap_text_is_keyword("kept"));
    assert_false(imap_text_is_keyword(""));
    assert_false(imap_text_is_keyword("a b"));
    assert_false(imap_text_is_keyword("a\r\nX"));
    assert_false(imap_text_is_keyword("\\Deleted"));
    assert_false(imap_text_is_keyword("a)"));
    assert_false(imap_text_is_keyword("\u00fc\x7f"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_named),
        cmocka_unit_test(sets_are_short),
        cmocka_unit_test(keywords_hold_no_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
