/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/limits.h"
#include "mail/mbox.h"

#define FROM "From a@example.com Sat Nov 21 10:00:00 2026\n"

static const struct {
    const char *name, *text, *want[4];
} rows[] = {
    { "two messages",
      FROM "S: 1\n\none\n\n" FROM "S: 2\n\ntwo\n",
      { "S: 1\n\none\n", "S: 2\n\ntwo\n" } },
    { "an empty body",
      FROM "S: 1\n\n" FROM "S: 2\n\ntwo\n",
      { "S: 1\n", "S: 2\n\ntwo\n" } },
    { "CR LF",
      "From a b\r\nS: 1\r\n\r\none\r\n\r\nFrom a b\r\nS: 2\r\n\r\ntwo\r\n",
      { "S: 1\r\n\r\none\r\n", "S: 2\r\n\r\ntwo\r\n" } },
    { "mboxrd quoting",
      FROM "S: 1\n\n>From me\n>>From you\n> From them\n",
      { "S: 1\n\nFrom me\n>From you\n> From them\n" } },
    { "a paragraph that begins with From",
      FROM "S: 1\n\none\n\nFrom here on it is text.\nmore\n",
      { "S: 1\n\none\n\nFrom here on it is text.\nmore\n" } },
    { "From in the middle of a paragraph",
      FROM "S: 1\n\none\nFrom a b\nT: x\n",
      { "S: 1\n\none\nFrom a b\nT: x\n" } },
    { "no line end at the end", FROM "S: 1\n\none", { "S: 1\n\none" } },
    { "text before the first separator",
      "preface\n\n" FROM "S: 1\n\none\n",
      { "S: 1\n\none\n" } },
    { "no mbox at all", "S: 1\n\none\n", { NULL } },
    { "nothing", "", { NULL } },
    { "a separator alone", FROM, { "" } },
};

static void messages_come_out_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice message;
        struct mbox mbox;
        unsigned n = 0;

        mbox_init(&mbox, slice_of(rows[i].text));
        while (mbox_next(&mbox, &message, NULL) == 0) {
            const char *want = n < 4 ? rows[i].want[n] : NULL;

            if (!want || !slice_equal(message, slice_of(want)))
                fail_msg("%s: message %u is \"%.*s\"", rows[i].name, n,
                         (int)message.len, message.ptr);
            n++;
        }
        if (n < 4 && rows[i].want[n])
            fail_msg("%s: only %u messages", rows[i].name, n);
        mbox_deinit(&mbox);
    }
}

static void an_mbox_is_known_by_its_first_lines(void **state)
{
    (void)state;
    assert_true(mbox_is_mbox(SLICE(FROM "Subject: x\n\n")));
    assert_false(mbox_is_mbox(SLICE("From here on\nit is text\n")));
    assert_false(mbox_is_mbox(SLICE("Subject: x\n\n")));
    assert_false(mbox_is_mbox(SLICE("{\"a\": 1}")));
    assert_false(mbox_is_mbox(SLICE("")));
}

/* What passes over messages goes by the same lines. */
static void separators_are_found_from_anywhere(void **state)
{
    struct slice s = SLICE("x\n\nFrom here on it is text\nmore\n\n" FROM
                           "S: 2\n\ntwo\n\r\nFrom a b\r\nS: 3\r\n");
    size_t second = 33, third = s.len - strlen("From a b\r\nS: 3\r\n");

    (void)state;
    assert_int_equal(mbox_find_separator(s, 0), second);
    assert_int_equal(mbox_find_separator(s, second), second);
    assert_int_equal(mbox_find_separator(s, second + 1), third);
    assert_int_equal(mbox_find_separator(s, third + 1), s.len);
}

static void a_message_over_the_cap_hides_no_other(void **state)
{
    struct slice message;
    struct buffer text;
    struct mbox mbox;
    char *body;

    (void)state;
    buffer_init(&text, (size_t)100 << 20);
    buffer_add_text(&text, FROM "S: big\n\n");
    body = buffer_reserve(&text, MAIL_MAX_MESSAGE_BYTES);
    assert_non_null(body);
    memset(body, 'x', MAIL_MAX_MESSAGE_BYTES);
    text.len += MAIL_MAX_MESSAGE_BYTES;
    buffer_add_text(&text, "\n\n" FROM "S: small\n\nx\n");
    mbox_init(&mbox, buffer_slice(&text));
    assert_int_equal(mbox_next(&mbox, &message, NULL), MBOX_TOO_LARGE);
    assert_int_equal(mbox_next(&mbox, &message, NULL), 0);
    assert_true(slice_equal(message, SLICE("S: small\n\nx\n")));
    assert_int_equal(mbox_next(&mbox, &message, NULL), MBOX_END);
    mbox_deinit(&mbox);
    buffer_deinit(&text);
}

/* Cut anywhere, an mbox gives at most what it held, and ends. */
static void an_mbox_may_be_cut_at_any_octet(void **state)
{
    struct slice whole = SLICE(FROM "S: 1\n\n>From one\n\n" FROM "S: 2\n\ntwo");

    (void)state;
    for (size_t cut = 0; cut <= whole.len; cut++) {
        struct slice message;
        struct mbox mbox;
        unsigned n = 0;

        mbox_init(&mbox, slice_make(whole.ptr, cut));
        while (mbox_next(&mbox, &message, NULL) == 0)
            assert_true(message.len <= whole.len && ++n <= 2);
        mbox_deinit(&mbox);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_out_one_by_one),
        cmocka_unit_test(an_mbox_is_known_by_its_first_lines),
        cmocka_unit_test(separators_are_found_from_anywhere),
        cmocka_unit_test(a_message_over_the_cap_hides_no_other),
        cmocka_unit_test(an_mbox_may_be_cut_at_any_octet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
