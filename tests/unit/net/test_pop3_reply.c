/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/pop3_reply.h"
#include "row.h"

static void status_lines_are_read(void **state)
{
    static const struct {
        const char *line;
        int rc;
        const char *text;
    } rows[] = {
        { "+OK\r\n", 0, "" },
        { "+OK 2 320\r\n", 0, "2 320" },
        { "+ok ready\n", 0, "ready" },
        { "-ERR [IN-USE] Do not disturb\r\n", 1, "[IN-USE] Do not disturb" },
        { "-ERR\r\n", 1, "" },
        { "+OKAY\r\n", -1, "" },
        { "* OK IMAP\r\n", -1, "" },
        { "\r\n", -1, "" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice text = { 0 };

        ROW_NUMBER(rows[i].line,
                   pop3_reply_status(slice_of(rows[i].line), &text),
                   rows[i].rc);
        assert_true(slice_equal(text, slice_of(rows[i].text)));
    }
}

/* Feeds in pieces of a size. Returns: what pop3_body_feed did at last. */
static int feed(struct slice all, size_t step, struct buffer *out,
                size_t *out_left)
{
    struct pop3_body body = POP3_BODY_BEGIN;
    int rc = 0;

    while (all.len && rc == 0) {
        struct slice piece = { all.ptr, all.len < step ? all.len : step };

        rc = pop3_body_feed(&body, &piece, out);
        all = slice_skip(all, (size_t)(piece.ptr - all.ptr));
    }
    *out_left = all.len;
    return rc;
}

static void bodies_end_at_a_lone_dot(void **state)
{
    static const struct {
        const char *name;
        struct slice input;
        int rc;
        struct slice body;
        size_t left;
    } rows[] = {
        { "empty", SLICE(".\r\n"), 1, SLICE(""), 0 },
        { "a line", SLICE("a\r\n.\r\n+OK\r\n"), 1, SLICE("a\r\n"), 5 },
        { "dots before dots", SLICE("..\r\n...a\r\n.\r\n"), 1,
          SLICE(".\r\n..a\r\n"), 0 },
        { "a dot before a line", SLICE(".a\r\n.\r\n"), 1, SLICE("a\r\n"), 0 },
        { "bare LF ends nothing", SLICE("a\n.\n.\r\nb\r\n.\r\n"), 1,
          SLICE("a\n.\n.\r\nb\r\n"), 0 },
        { "LF behind the dot", SLICE("a\r\n.\nb\r\n.\r\n"), 1,
          SLICE("a\r\n\nb\r\n"), 0 },
        { "CR behind the dot", SLICE("a\r\n.\rb\r\n.\r\n"), 1,
          SLICE("a\r\n\rb\r\n"), 0 },
        { "bare CR", SLICE("a\r\r\n.\r\n"), 1, SLICE("a\r\r\n"), 0 },
        { "a dot within", SLICE("a.\r\nb\r.\r\n.\r\n"), 1,
          SLICE("a.\r\nb\r.\r\n"), 0 },
        { "not the end yet", SLICE("a\r\n."), 0, SLICE("a\r\n"), 0 },
        { "nor here", SLICE("a\r\n.\r"), 0, SLICE("a\r\n"), 0 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        for (size_t step = 1; step <= rows[i].input.len; step++) {
            struct buffer out;
            size_t left;

            buffer_init(&out, 100);
            ROW_NUMBER(rows[i].name, feed(rows[i].input, step, &out, &left),
                       rows[i].rc);
            if (!slice_equal(buffer_slice(&out), rows[i].body))
                fail_msg("%s in steps of %zu: \"%s\"", rows[i].name, step,
                         buffer_text(&out));
            ROW_NUMBER(rows[i].name, left, rows[i].left);
            buffer_deinit(&out);
        }
    }
}

static void a_list_is_read(void **state)
{
    static const struct {
        const char *line;
        int rc;
        uint32_t number;
        const char *word;
    } rows[] = {
        { "1 whqtswO00WBw418f9t5JxYwZ\r\n", 0, 1, "whqtswO00WBw418f9t5JxYwZ" },
        { "2  QhdPYR:00WBw1Ph7x7 more\r\n", 0, 2, "QhdPYR:00WBw1Ph7x7" },
        { "3 x", 0, 3, "x" },
        { "", 1, 0, "" },
        { "\r\n", -1, 0, "" },
        { "0 x\r\n", -1, 0, "" },
        { "1\r\n", -1, 0, "" },
        { "x 1\r\n", -1, 0, "" },
        { "99999999999 x\r\n", -1, 0, "" },
        { "1 a\x01\r\n", -1, 0, "" },
        { "1 \xc3\xbc\r\n", -1, 0, "" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice list = slice_of(rows[i].line), word = { 0 };
        uint32_t number = 0;

        ROW_NUMBER(rows[i].line, pop3_reply_item(&list, &number, &word),
                   rows[i].rc);
        ROW_NUMBER(rows[i].line, number, rows[i].number);
        assert_true(slice_equal(word, slice_of(rows[i].word)));
    }
}

static void sizes_are_numbers(void **state)
{
    uint64_t size;

    (void)state;
    assert_int_equal(pop3_reply_size(SLICE("120"), &size), 0);
    assert_int_equal(size, 120);
    assert_int_equal(pop3_reply_size(SLICE(""), &size), -1);
    assert_int_equal(pop3_reply_size(SLICE("-1"), &size), -1);
    assert_int_equal(pop3_reply_size(SLICE("99999999999999999999"), &size), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_lines_are_read),
        cmocka_unit_test(bodies_end_at_a_lone_dot),
        cmocka_unit_test(a_list_is_read),
        cmocka_unit_test(sizes_are_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
