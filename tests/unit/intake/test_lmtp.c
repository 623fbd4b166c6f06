/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "intake/lmtp.h"

static bool takes(void *context, struct slice address)
{
    (void)context;
    return slice_ends_fold(address, SLICE("@example.com"));
}

static const struct lmtp_options options = {
    .host = "mx.example", .max_bytes = 1000, .max_recipients = 3, .takes = takes
};

/* Forgets the replies so far. */
static void drop_replies(struct lmtp *lmtp)
{
    buffer_reset(&lmtp->replies);
}

/* Gives octets `step` at a time until something else is needed. */
static enum lmtp_need feed(struct lmtp *lmtp, const char *text, size_t step)
{
    struct slice all = slice_of(text);
    enum lmtp_need need = LMTP_INPUT;

    while (all.len && need == LMTP_INPUT) {
        struct slice part = { all.ptr, all.len < step ? all.len : step };

        need = lmtp_feed(lmtp, &part);
        all = slice_skip(all, (size_t)(part.ptr - all.ptr));
    }
    return need;
}

static void assert_replies(struct lmtp *lmtp, const char *expected)
{
    assert_string_equal(buffer_text(&lmtp->replies), expected);
    drop_replies(lmtp);
}

#define OPENING                                                                \
    "LHLO client\r\nMAIL FROM:<a@s.example> SIZE=100\r\n"                      \
    "RCPT TO:<r@example.com>\r\nDATA\r\n"

static void begin(struct lmtp *lmtp, const struct lmtp_options *with)
{
    lmtp_init(lmtp, with);
    assert_replies(lmtp, "220 mx.example LMTP tlsrpt\r\n");
}

static void a_mail_comes_as_it_was_sent(void **state)
{
    static const struct {
        const char *sent;
        const char *mailed;
    } rows[] = {
        { "A: b\r\n\r\ntext\r\n.\r\n", "A: b\r\n\r\ntext\r\n" },
        { ".\r\n", "" },
        { "..\r\n.\r\n", ".\r\n" },
        { ".dot\r\n..two\r\n.\r\n", "dot\r\n.two\r\n" },
        /* None of these ends the mail. */
        { "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n" },
        { "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n" },
        { "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n" },
        { "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n" },
        { "a\r.\r\n\r\n.\r\n", "a\r.\r\n\r\n" },
        { "a\r\r\n.\r\n", "a\r\r\n" },
        { "a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        for (size_t step = 1; step < 40; step += 3) {
            struct lmtp lmtp;

            begin(&lmtp, &options);
            assert_int_equal(feed(&lmtp, OPENING, step), LMTP_INPUT);
            assert_int_equal(feed(&lmtp, rows[i].sent, step), LMTP_DELIVERY);
            assert_string_equal(buffer_text(&lmtp.message), rows[i].mailed);
            assert_string_equal(lmtp.envelope.sender, "a@s.example");
            assert_int_equal(lmtp.envelope.n_recipients, 1);
            lmtp_deinit(&lmtp);
        }
    }
}

static void each_recipient_is_answered(void **state)
{
    struct slice rest = SLICE("text\r\n.\r\nNOOP\r\n");
    struct lmtp lmtp;

    (void)state;
    begin(&lmtp, &options);
    feed(&lmtp,
         "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\n"
         "RCPT TO:<b@other.example>\r\nRCPT TO:<c@example.com>\r\nDATA\r\n",
         1000);
    drop_replies(&lmtp);
    assert_int_equal(lmtp_feed(&lmtp, &rest), LMTP_DELIVERY);
    assert_int_equal(rest.len, 6); /* what was sent ahead waits */
    assert_int_equal(lmtp.envelope.n_recipients, 2);
    assert_string_equal(lmtp.envelope.recipients[1], "c@example.com");
    assert_replies(&lmtp, "");
    assert_int_equal(lmtp_answer(&lmtp, "250 2.0.0", "kept"), LMTP_DELIVERY);
    assert_int_equal(lmtp_answer(&lmtp, "451 4.3.0", "later"), LMTP_INPUT);
    assert_replies(&lmtp, "250 2.0.0 kept\r\n451 4.3.0 later\r\n");
    assert_int_equal(lmtp_feed(&lmtp, &rest), LMTP_INPUT);
    assert_replies(&lmtp, "250 2.0.0 still here\r\n");
    /* The next mail begins from nothing. */
    feed(&lmtp, "DATA\r\n", 100);
    assert_replies(&lmtp, "503 5.5.1 say MAIL first\r\n");
    lmtp_deinit(&lmtp);
}

static void a_large_mail_is_refused_and_the_next_taken(void **state)
{
    char large[4000];
    struct lmtp lmtp;

    (void)state;
    memset(large, 'x', sizeof(large));
    memcpy(large + sizeof(large) - 6, "\r\n.\r\n", 6);
    begin(&lmtp, &options);
    feed(&lmtp, OPENING, 1000);
    drop_replies(&lmtp);
    assert_int_equal(feed(&lmtp, large, 100), LMTP_INPUT);
    assert_replies(&lmtp, "552 5.3.4 the mail is larger than SIZE allows\r\n");
    assert_int_equal(feed(&lmtp, OPENING "small\r\n.\r\n", 7), LMTP_DELIVERY);
    assert_string_equal(buffer_text(&lmtp.message), "small\r\n");
    lmtp_deinit(&lmtp);
}

static void commands_have_their_replies(void **state)
{
    static const struct {
        const char *said;
        const char *reply; /* the last one */
    } rows[] = {
        { "HELO x\r\n", "500 5.5.1" },
        { "EHLO x\r\n", "500 5.5.1" },
        { "LHLO\r\n", "501 5.5.4" },
        { "MAIL FROM:<a@b>\r\n", "503 5.5.1 say LHLO" },
        { "lhlo x\r\nmail from:<a@b>\r\n", "250 2.1.0" },
        { "LHLO x\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\n", "503 5.5.1" },
        { "LHLO x\r\nMAIL FROM:<a@b> SIZE=1001\r\n", "552 5.3.4" },
        { "LHLO x\r\nRCPT TO:<a@example.com>\r\n", "503 5.5.1 say MAIL" },
        { "LHLO x\r\nMAIL FROM:<a@b>\r\nDATA\r\n", "503 5.5.1 no recipient" },
        { "LHLO x\r\nMAIL FROM:<a@b>\r\nRSET\r\nDATA\r\n", "503 5.5.1 say" },
        { "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@x>\r\n", "550 5.1.1" },
        { OPENING, "354 " },
        { "DATA now\r\n", "501 5.5.4" },
        { "VRFY x\r\n", "252 " },
        { "NOOP\n", "500 5.5.2 a line must end" },
        { "\r\n", "500 5.5.1" },
        { "GET / HTTP/1.1\r\n", "500 5.5.1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *last, *text;
        struct lmtp lmtp;

        begin(&lmtp, &options);
        feed(&lmtp, rows[i].said, 5);
        text = buffer_text(&lmtp.replies);
        last = text;
        for (const char *at = text; (at = strstr(at, "\r\n")) && at[2]; at += 2)
            last = at + 2;
        if (strncmp(last, rows[i].reply, strlen(rows[i].reply)) != 0)
            fail_msg("%s: %s", rows[i].said, last);
        lmtp_deinit(&lmtp);
    }
}

static void the_fourth_recipient_waits(void **state)
{
    struct lmtp lmtp;

    (void)state;
    begin(&lmtp, &options);
    feed(&lmtp, "LHLO x\r\nMAIL FROM:<>\r\n", 100);
    for (int i = 0; i < 3; i++)
        feed(&lmtp, "RCPT TO:<a@example.com>\r\n", 100);
    drop_replies(&lmtp);
    feed(&lmtp, "RCPT TO:<a@example.com>\r\n", 100);
    assert_replies(&lmtp,
                   "452 4.5.3 too many recipients, send the rest apart\r\n");
    lmtp_deinit(&lmtp);
}

static void strangers_are_sent_away(void **state)
{
    char long_line[5000];
    struct lmtp lmtp;

    (void)state;
    memset(long_line, 'x', sizeof(long_line));
    memcpy(long_line + sizeof(long_line) - 3, "\r\n", 3);
    begin(&lmtp, &options);
    assert_int_equal(feed(&lmtp, long_line, 77), LMTP_INPUT);
    assert_replies(&lmtp, "500 5.5.2 the line is too long\r\n");
    assert_int_equal(feed(&lmtp, "NOOP\r\n", 100), LMTP_INPUT);
    drop_replies(&lmtp);
    for (int i = 0; i < 19; i++)
        assert_int_equal(feed(&lmtp, "X\r\n", 100), LMTP_INPUT);
    assert_int_equal(feed(&lmtp, "X\r\n", 100), LMTP_CLOSE);
    lmtp_deinit(&lmtp);

    begin(&lmtp, &options);
    assert_int_equal(feed(&lmtp, "QUIT\r\nNOOP\r\n", 100), LMTP_CLOSE);
    assert_replies(&lmtp, "221 2.0.0 good bye\r\n");
    lmtp_deinit(&lmtp);

    begin(&lmtp, &options);
    lmtp_end(&lmtp, "shutting down");
    assert_replies(&lmtp, "421 4.3.2 mx.example shutting down\r\n");
    assert_int_equal(feed(&lmtp, "NOOP\r\n", 100), LMTP_CLOSE);
    lmtp_deinit(&lmtp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_comes_as_it_was_sent),
        cmocka_unit_test(each_recipient_is_answered),
        cmocka_unit_test(a_large_mail_is_refused_and_the_next_taken),
        cmocka_unit_test(commands_have_their_replies),
        cmocka_unit_test(the_fourth_recipient_waits),
        cmocka_unit_test(strangers_are_sent_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
