/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What was said in a dialogue of SMTP, from the client's side.
 *
 * libcurl speaks it and tells in the end one code for all. This follows the lines
 * that both sides sent, so that each recipient gets its own answer, as it was
 * written, with the stage that it belongs to. No socket here. RFC: 5321 section
 * 4.2, 3463.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum submit_stage {
    SUBMIT_GREETING,
    SUBMIT_HELLO,
    SUBMIT_TLS,
    SUBMIT_LOGIN,
    SUBMIT_SENDER,    /* MAIL */
    SUBMIT_RECIPIENT, /* RCPT */
    SUBMIT_DATA,
    SUBMIT_CONTENT, /* the dot behind it */
    SUBMIT_STAGE_COUNT
};

enum { SUBMIT_REPLY_BYTES = 240, SUBMIT_MAX_RECIPIENTS = 8 };

/* A reply: its lines with blanks between, without repeating the code. */
struct submit_reply {
    enum submit_stage stage;
    int code; /* 0: none came */
    char text[SUBMIT_REPLY_BYTES];
};

struct submit_talk {
    enum submit_stage stage; /* whose reply is waited for */
    size_t n_recipients;     /* named so far */
    struct submit_reply last;
    struct submit_reply recipients[SUBMIT_MAX_RECIPIENTS];
    struct submit_reply content; /* code 0: it did not come to that */
    bool is_continued;           /* the next line belongs to last */
    bool is_over;                /* QUIT: what comes then decides nothing */
};

/* Readies a talk: the greeting is waited for. */
void submit_talk_init(struct submit_talk *talk);

/* Follows a line of ours. What is no command of the table leaves the stage as it
 * is: the lines of a login. */
void submit_talk_command(struct submit_talk *talk, struct slice line);

/* Follows a line of the server. */
void submit_talk_reply(struct submit_talk *talk, struct slice line);

/*
 * The reply that decides about recipient number i: its own where that is a no, the
 * one to the content where it came to that, else the last one that concerns it.
 * Returns: it, in talk; one below 400 that is not to the content decides nothing.
 */
const struct submit_reply *submit_talk_verdict(const struct submit_talk *talk,
                                               size_t i);

/* "greeting", "EHLO", "MAIL FROM" ... */
const char *submit_stage_name(enum submit_stage stage);
