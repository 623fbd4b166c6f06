/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/submit_talk.h"
#include "row.h"

#define BEFORE                                                                 \
    "S:220 mx.example ESMTP\n"                                                 \
    "C:EHLO us\nS:250-mx.example\nS:250-STARTTLS\nS:250 SIZE 1000\n"
#define MAIL BEFORE "C:MAIL FROM:<a@b.example>\nS:250 2.1.0 Ok\n"

static const struct {
    const char *name, *talk;
    enum submit_stage stage;
    int code;
    const char *text;
} rows[] = {
    { "taken",
      MAIL "C:RCPT TO:<x@y.example>\nS:250 Ok\nC:DATA\nS:354 End with .\n"
           "S:250 2.0.0 Ok: queued as 4F2C91\nC:QUIT\nS:221 Bye\n",
      SUBMIT_CONTENT, 250, "2.0.0 Ok: queued as 4F2C91" },
    { "over TLS, with a login",
      BEFORE "C:STARTTLS\nS:220 go ahead\nC:EHLO us\nS:250-mx\nS:250 AUTH PLAIN"
             "\nC:AUTH PLAIN\nS:334 \nC:RCPTx\nS:235 good\n"
             "C:MAIL FROM:<a@b>\nS:250 Ok\nC:RCPT TO:<x@y>\nS:250 Ok\nC:DATA\n"
             "S:354 go\nS:250 done\n",
      SUBMIT_CONTENT, 250, "done" },
    { "login refused",
      BEFORE "C:AUTH PLAIN\nS:535 5.7.8 authentication failed\n", SUBMIT_LOGIN,
      535, "5.7.8 authentication failed" },
    { "greeted with a no", "S:554 no service here\n", SUBMIT_GREETING, 554,
      "no service here" },
    { "closing", MAIL "S:421 shutting down\n", SUBMIT_SENDER, 421,
      "shutting down" },
    { "sender refused", BEFORE "C:MAIL FROM:<a@b>\nS:550 5.1.8 who are you\n",
      SUBMIT_SENDER, 550, "5.1.8 who are you" },
    { "recipient refused in several lines",
      MAIL "C:RCPT TO:<x@y>\nS:550-5.1.1 no such\nS:550 user here\n",
      SUBMIT_RECIPIENT, 550, "5.1.1 no such user here" },
    { "recipient grey-listed", MAIL "C:RCPT TO:<x@y>\nS:451 later\n",
      SUBMIT_RECIPIENT, 451, "later" },
    { "data refused", MAIL "C:RCPT TO:<x@y>\nS:250 Ok\nC:DATA\nS:451 disk\n",
      SUBMIT_DATA, 451, "disk" },
    { "data refused, and good bye",
      MAIL "C:RCPT TO:<x@y>\nS:250 Ok\nC:DATA\nS:554 no\nC:QUIT\nS:221 Bye\n",
      SUBMIT_DATA, 554, "no" },
    { "sender refused, and good bye",
      BEFORE "C:MAIL FROM:<a@b>\nS:550 no\nC:QUIT\nS:221 Bye\n", SUBMIT_SENDER,
      550, "no" },
    { "content refused",
      MAIL "C:RCPT TO:<x@y>\nS:250 Ok\nC:DATA\nS:354 go\nS:552 too large\n"
           "C:QUIT\nS:221 Bye\n",
      SUBMIT_CONTENT, 552, "too large" },
    { "ended before the answer",
      MAIL "C:RCPT TO:<x@y>\nS:250 Ok\nC:DATA\nS:354 go\n", SUBMIT_DATA, 354,
      "go" },
    { "ended behind the recipient", MAIL "C:RCPT TO:<x@y>\nS:250 Ok\n",
      SUBMIT_RECIPIENT, 250, "Ok" },
    { "silent", "", SUBMIT_GREETING, 0, "" },
    { "no code at all", "S:hello\n", SUBMIT_GREETING, 0, "hello" },
    { "odd octets", "S:554 a\tb\x80\n", SUBMIT_GREETING, 554, "a?b?" },
    { "HELO after EHLO",
      "S:220 x\nC:EHLO us\nS:500 what\nC:HELO us\nS:502 never\n", SUBMIT_HELLO,
      502, "never" },
};

/* Plays a script, each line of which says whose it is. */
static void play(struct submit_talk *talk, const char *script)
{
    struct slice rest = slice_of(script);

    submit_talk_init(talk);
    while (rest.len) {
        struct slice line = slice_line(rest);

        rest = slice_skip(rest, line.len);
        if (*line.ptr == 'C')
            submit_talk_command(talk, slice_skip(line, 2));
        else
            submit_talk_reply(talk, slice_skip(line, 2));
    }
}

static void the_reply_that_decides_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct submit_talk talk;
        const struct submit_reply *reply;

        play(&talk, rows[i].talk);
        reply = submit_talk_verdict(&talk, 0);
        ROW_NUMBER(rows[i].name, reply->stage, rows[i].stage);
        ROW_NUMBER(rows[i].name, reply->code, rows[i].code);
        ROW_TEXT(rows[i].name, reply->text, rows[i].text);
    }
}

static void each_recipient_gets_its_own(void **state)
{
    static const char to[] =
        MAIL "C:RCPT TO:<a@y>\nS:250 Ok\nC:RCPT TO:<b@y>\nS:550 unknown\n"
             "C:RCPT TO:<c@y>\nS:451 later\nC:RCPT TO:<d@y>\nS:250 Ok\n";
    char whole[2000];
    struct submit_talk talk;

    (void)state;
    snprintf(whole, sizeof(whole), "%sC:DATA\nS:354 go\nS:250 queued\n", to);
    play(&talk, whole);
    assert_int_equal(submit_talk_verdict(&talk, 0)->stage, SUBMIT_CONTENT);
    assert_int_equal(submit_talk_verdict(&talk, 1)->code, 550);
    assert_int_equal(submit_talk_verdict(&talk, 2)->code, 451);
    assert_string_equal(submit_talk_verdict(&talk, 3)->text, "queued");

    /* Where it ends there, the one that was taken has no answer yet. */
    play(&talk, to);
    assert_int_equal(submit_talk_verdict(&talk, 0)->code, 250);
    assert_int_equal(submit_talk_verdict(&talk, 0)->stage, SUBMIT_RECIPIENT);
    assert_int_equal(submit_talk_verdict(&talk, 1)->code, 550);
}

static void long_replies_are_cut(void **state)
{
    struct submit_talk talk;
    char line[600];

    (void)state;
    submit_talk_init(&talk);
    memset(line, 'x', sizeof(line));
    memcpy(line, "554-", 4);
    for (int i = 0; i < 10; i++)
        submit_talk_reply(&talk, slice_make(line, sizeof(line)));
    assert_int_equal(strlen(submit_talk_verdict(&talk, 0)->text),
                     SUBMIT_REPLY_BYTES - 1);
}

static void more_recipients_than_room_are_survived(void **state)
{
    struct submit_talk talk;

    (void)state;
    submit_talk_init(&talk);
    for (int i = 0; i < 100; i++) {
        submit_talk_command(&talk, SLICE("RCPT TO:<a@b>"));
        submit_talk_reply(&talk, SLICE("250 Ok"));
    }
    assert_int_equal(
        submit_talk_verdict(&talk, SUBMIT_MAX_RECIPIENTS - 1)->code, 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reply_that_decides_is_found),
        cmocka_unit_test(each_recipient_gets_its_own),
        cmocka_unit_test(long_replies_are_cut),
        cmocka_unit_test(more_recipients_than_room_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
