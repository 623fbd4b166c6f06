/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What a POP3 server says, taken apart.
 *
 * Octets of a stranger and of mails that strangers wrote; no socket. Only a line
 * of a lone dot between CRLFs ends what has several lines.
 * RFC: 1939 section 3 and 7; 2449 section 8.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Reads a status line, with its end. out_text gets what stands behind +OK or
 * -ERR. Returns: 0 for +OK, 1 for -ERR, -1 for anything else. */
int pop3_reply_status(struct slice line, struct slice *out_text);

/* Octets of several lines on their way; begins as POP3_BODY_BEGIN. */
struct pop3_body {
    enum { POP3_LINE_BEGIN, POP3_IN_LINE, POP3_DOT, POP3_DOT_CR } state;
    bool is_cr; /* the last octet was CR */
};
#define POP3_BODY_BEGIN ((struct pop3_body){ POP3_LINE_BEGIN, false })

/*
 * Takes octets off the front of *input and appends them to out without the dots
 * put before them, until the end.
 * Returns: 0 more are to come, 1 this was the end (what stands behind it is left
 * in *input). Where out has failed the octets are taken all the same.
 */
int pop3_body_feed(struct pop3_body *body, struct slice *input,
                   struct buffer *out);

/*
 * Takes the next line off a list of UIDL or LIST: a number, a blank, a word of
 * visible characters.
 * Returns: 0, 1 at the end, -1 where it is another.
 */
int pop3_reply_item(struct slice *list, uint32_t *out_number,
                    struct slice *out_word);

/* Reads a size. Returns: 0, -1 where it is none. */
int pop3_reply_size(struct slice word, uint64_t *out_size);
