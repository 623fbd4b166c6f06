/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * LMTP: the server's side of a session (RFC 2033), without any socket.
 *
 * Octets of the client go in, replies and whole messages come out. After DATA
 * each recipient is answered apart, and only when its mail is kept; until then
 * nothing more of the client is looked at, however much it sent ahead. Only
 * CRLF.CRLF ends a message: other ends let one mail carry another.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"

/* What a session needs to go on. */
enum lmtp_need {
    LMTP_INPUT,    /* more octets of the client, replies being sent */
    LMTP_DELIVERY, /* lmtp_answer for each recipient of the message */
    LMTP_CLOSE     /* nothing: send the replies, then close */
};

struct lmtp_options {
    const char *host;      /* of the greeting */
    size_t max_bytes;      /* of one message */
    size_t max_recipients; /* of one message; RFC 5321 wants 100 at least */

    /* Tells whether mail for an address is taken; NULL takes all. */
    bool (*takes)(void *context, struct slice address);
    void *context; /* of takes */
};

/* Whom the mail is from and for; strings live until the next LMTP_INPUT. */
struct lmtp_envelope {
    const char *sender; /* "" for <> */
    const char **recipients;
    size_t n_recipients;
};

/* Where in a message the session stands. */
enum lmtp_place {
    LMTP_LINE, /* at the beginning of a line */
    LMTP_TEXT,
    LMTP_CR,
    LMTP_DOT,   /* behind a dot that begins a line */
    LMTP_DOT_CR /* and the CR behind it */
};

/* One session. Members are the room's; callers read replies and envelope. */
struct lmtp {
    const struct lmtp_options *options;
    struct buffer replies; /* to be sent; the caller takes them off */
    struct lmtp_envelope envelope;
    struct buffer message; /* octets as mailed, dots undone */
    struct buffer line;    /* a command so far */
    struct arena arena;    /* of the envelope */
    enum lmtp_need need;
    enum lmtp_place place;
    size_t n_answered;
    unsigned n_faults;
    bool is_greeted; /* LHLO was said */
    bool has_sender;
    bool is_utf8; /* SMTPUTF8 was said */
    bool is_data;
    bool is_long; /* the command's line is beyond its limit */
};

/* Begins a session with the greeting. options: must outlive it. */
void lmtp_init(struct lmtp *lmtp, const struct lmtp_options *options);

/* Frees a session. */
void lmtp_deinit(struct lmtp *lmtp);

/*
 * Takes octets of the client off the front of *octets until they are at an end
 * or something else is needed.
 * Returns: what is needed; then *octets holds what was not looked at.
 */
enum lmtp_need lmtp_feed(struct lmtp *lmtp, struct slice *octets);

/*
 * Answers for the next recipient of a message. status: "250 2.0.0", "451 4.3.0";
 * text: one line of ours.
 * Returns: what is needed, LMTP_INPUT after the last recipient.
 */
enum lmtp_need lmtp_answer(struct lmtp *lmtp, const char *status,
                           const char *text);

/* Ends a session from our side, with 421 and a text of ours (RFC 5321 3.8). */
void lmtp_end(struct lmtp *lmtp, const char *text);
