/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/lmtp.h"

#include "intake/limits.h"
#include "intake/lmtp_path.h"

static void reply(struct lmtp *lmtp, const char *line)
{
    buffer_add_text(&lmtp->replies, line);
    buffer_add_text(&lmtp->replies, "\r\n");
}

void lmtp_end(struct lmtp *lmtp, const char *text)
{
    buffer_add_format(&lmtp->replies, "421 4.3.2 %s %s\r\n",
                      lmtp->options->host, text);
    lmtp->need = LMTP_CLOSE;
}

/* A fault of the client; after too many of them it is a stranger to LMTP. */
static void fault(struct lmtp *lmtp, const char *line)
{
    reply(lmtp, line);
    if (++lmtp->n_faults > INTAKE_LMTP_MAX_FAULTS)
        lmtp_end(lmtp, "too many errors");
}

/* Forgets the mail at hand, RFC 5321 section 4.1.1.5. */
static void reset(struct lmtp *lmtp)
{
    arena_reset(&lmtp->arena);
    buffer_reset(&lmtp->message);
    lmtp->envelope = (struct lmtp_envelope){ 0 };
    lmtp->n_answered = 0;
    lmtp->has_sender = false;
    lmtp->is_utf8 = false;
    lmtp->is_data = false;
}

void lmtp_init(struct lmtp *lmtp, const struct lmtp_options *options)
{
    *lmtp = (struct lmtp){ .options = options };
    buffer_init(&lmtp->replies, INTAKE_LMTP_REPLIES_BYTES);
    buffer_init(&lmtp->message, options->max_bytes);
    buffer_init(&lmtp->line, INTAKE_LMTP_LINE_BYTES);
    arena_init(&lmtp->arena, INTAKE_LMTP_ENVELOPE_BYTES);
    buffer_add_format(&lmtp->replies, "220 %s LMTP tlsrpt\r\n", options->host);
}

void lmtp_deinit(struct lmtp *lmtp)
{
    buffer_deinit(&lmtp->replies);
    buffer_deinit(&lmtp->message);
    buffer_deinit(&lmtp->line);
    arena_deinit(&lmtp->arena);
}

/* ---- Commands ------------------------------------------------------------ */

static void say_lhlo(struct lmtp *lmtp, struct slice rest)
{
    if (slice_trim(rest).len == 0) {
        fault(lmtp, "501 5.5.4 LHLO needs the name of the client");
        return;
    }
    reset(lmtp);
    lmtp->is_greeted = true;
    buffer_add_format(&lmtp->replies,
                      "250-%s\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n"
                      "250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE %zu\r\n",
                      lmtp->options->host, lmtp->options->max_bytes);
}

static void say_helo(struct lmtp *lmtp, struct slice rest)
{
    (void)rest;
    fault(lmtp, "500 5.5.1 this is LMTP (RFC 2033): say LHLO");
}

static void say_mail(struct lmtp *lmtp, struct slice rest)
{
    struct lmtp_path path;
    const char *refusal;

    if (!lmtp->is_greeted || lmtp->has_sender) {
        fault(lmtp, lmtp->is_greeted ? "503 5.5.1 MAIL was said already"
                                     : "503 5.5.1 say LHLO first");
        return;
    }
    refusal = lmtp_path_read_mail(rest, lmtp->options->max_bytes, &path);
    if (refusal) {
        fault(lmtp, refusal);
        return;
    }
    lmtp->envelope.sender = arena_copy(&lmtp->arena, path.address);
    if (!lmtp->envelope.sender) {
        reply(lmtp, "451 4.3.0 out of memory, try again");
        return;
    }
    lmtp->has_sender = true;
    lmtp->is_utf8 = path.is_utf8;
    reply(lmtp, "250 2.1.0 sender noted");
}

static const char *add_recipient(struct lmtp *lmtp, struct slice address)
{
    struct lmtp_envelope *envelope = &lmtp->envelope;
    const char *copy;

    if (envelope->n_recipients >= lmtp->options->max_recipients)
        return "452 4.5.3 too many recipients, send the rest apart";
    if (lmtp->options->takes &&
        !lmtp->options->takes(lmtp->options->context, address))
        return "550 5.1.1 no reports are taken for this address";
    if (!envelope->recipients)
        envelope->recipients =
            arena_calloc(&lmtp->arena, lmtp->options->max_recipients,
                         sizeof(*envelope->recipients));
    copy = arena_copy(&lmtp->arena, address);
    if (!envelope->recipients || !copy)
        return "451 4.3.0 out of memory, try again";
    envelope->recipients[envelope->n_recipients++] = copy;
    return "250 2.1.5 recipient noted";
}

static void say_rcpt(struct lmtp *lmtp, struct slice rest)
{
    struct lmtp_path path;
    const char *refusal;

    if (!lmtp->has_sender) {
        fault(lmtp, "503 5.5.1 say MAIL first");
        return;
    }
    refusal = lmtp_path_read_rcpt(rest, lmtp->is_utf8, &path);
    if (refusal)
        fault(lmtp, refusal);
    else
        reply(lmtp, add_recipient(lmtp, path.address));
}

static void say_data(struct lmtp *lmtp, struct slice rest)
{
    if (rest.len) {
        fault(lmtp, "501 5.5.4 DATA has no arguments");
    } else if (lmtp->envelope.n_recipients == 0) {
        /* RFC 2033 section 4.2: with no recipient there is nothing to answer. */
        fault(lmtp, lmtp->has_sender ? "503 5.5.1 no recipient was taken"
                                     : "503 5.5.1 say MAIL first");
    } else {
        lmtp->is_data = true;
        lmtp->place = LMTP_LINE;
        reply(lmtp, "354 send the mail, end with <CRLF>.<CRLF>");
    }
}

static void say_rset(struct lmtp *lmtp, struct slice rest)
{
    (void)rest;
    reset(lmtp);
    reply(lmtp, "250 2.0.0 forgotten");
}

static void say_noop(struct lmtp *lmtp, struct slice rest)
{
    (void)rest;
    reply(lmtp, "250 2.0.0 still here");
}

static void say_vrfy(struct lmtp *lmtp, struct slice rest)
{
    (void)rest;
    reply(lmtp, "252 2.5.0 send the mail and see");
}

static void say_quit(struct lmtp *lmtp, struct slice rest)
{
    (void)rest;
    reply(lmtp, "221 2.0.0 good bye");
    lmtp->need = LMTP_CLOSE;
}

static const struct {
    struct slice verb;
    void (*say)(struct lmtp *lmtp, struct slice rest);
} commands[] = {
    { { "LHLO", 4 }, say_lhlo }, { { "MAIL", 4 }, say_mail },
    { { "RCPT", 4 }, say_rcpt }, { { "DATA", 4 }, say_data },
    { { "RSET", 4 }, say_rset }, { { "NOOP", 4 }, say_noop },
    { { "VRFY", 4 }, say_vrfy }, { { "QUIT", 4 }, say_quit },
    { { "HELO", 4 }, say_helo }, { { "EHLO", 4 }, say_helo },
};

/* line: without its CRLF. */
static void run_command(struct lmtp *lmtp, struct slice line)
{
    size_t end = slice_find(line, ' ');
    struct slice verb = slice_make(line.ptr, end);

    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        if (slice_equal_fold(verb, commands[i].verb)) {
            commands[i].say(lmtp, slice_skip(line, end + 1));
            return;
        }
    }
    fault(lmtp, "500 5.5.1 no such command");
}

static void end_command(struct lmtp *lmtp)
{
    struct slice line = buffer_slice(&lmtp->line);

    if (lmtp->is_long)
        fault(lmtp, "500 5.5.2 the line is too long");
    else if (line.len == 0 || line.ptr[line.len - 1] != '\r')
        fault(lmtp, "500 5.5.2 a line must end with CRLF");
    else
        run_command(lmtp, slice_make(line.ptr, line.len - 1));
    buffer_reset(&lmtp->line);
    lmtp->is_long = false;
}

/* Takes octets up to the end of the command's line, if it is there. */
static void feed_command(struct lmtp *lmtp, struct slice *octets)
{
    size_t n = slice_find(*octets, '\n');

    if (!lmtp->is_long)
        buffer_add(&lmtp->line, octets->ptr, n);
    lmtp->is_long |= lmtp->line.failed;
    if (n < octets->len) {
        n++;
        end_command(lmtp);
    }
    *octets = slice_skip(*octets, n);
}

/* ---- A message ----------------------------------------------------------- */

/* Adds what stands up to the next CR. Returns: how much it is. */
static size_t add_text(struct lmtp *lmtp, struct slice octets)
{
    size_t n = slice_find(octets, '\r');

    buffer_add(&lmtp->message, octets.ptr, n);
    if (n < octets.len) {
        buffer_add_char(&lmtp->message, octets.ptr[n++]);
        lmtp->place = LMTP_CR;
    } else {
        lmtp->place = LMTP_TEXT;
    }
    return n;
}

/* Takes one step of the message. Returns: octets taken, 0 at its end. */
static size_t step(struct lmtp *lmtp, struct slice octets)
{
    char c = octets.ptr[0];

    switch (lmtp->place) {
    case LMTP_LINE:
        if (c != '.')
            return add_text(lmtp, octets);
        lmtp->place = LMTP_DOT;
        return 1;
    case LMTP_CR:
        if (c != '\n')
            return add_text(lmtp, octets);
        buffer_add_char(&lmtp->message, c);
        lmtp->place = LMTP_LINE;
        return 1;
    case LMTP_DOT: /* this dot is not part of the mail, RFC 5321 4.5.2 */
        if (c != '\r')
            return add_text(lmtp, octets);
        lmtp->place = LMTP_DOT_CR;
        return 1;
    case LMTP_DOT_CR:
        if (c == '\n')
            return 0;
        buffer_add_char(&lmtp->message, '\r');
        lmtp->place = LMTP_CR;
        return step(lmtp, octets);
    case LMTP_TEXT: break;
    }
    return add_text(lmtp, octets);
}

enum lmtp_need lmtp_answer(struct lmtp *lmtp, const char *status,
                           const char *text)
{
    if (lmtp->need != LMTP_DELIVERY)
        return lmtp->need;
    buffer_add_format(&lmtp->replies, "%s %s\r\n", status, text);
    if (++lmtp->n_answered == lmtp->envelope.n_recipients) {
        reset(lmtp);
        lmtp->need = LMTP_INPUT;
    }
    return lmtp->need;
}

static void end_message(struct lmtp *lmtp)
{
    lmtp->need = LMTP_DELIVERY;
    while (lmtp->message.failed && lmtp->need == LMTP_DELIVERY)
        lmtp_answer(lmtp, "552 5.3.4", "the mail is larger than SIZE allows");
}

static void feed_message(struct lmtp *lmtp, struct slice *octets)
{
    while (octets->len) {
        size_t n = step(lmtp, *octets);

        *octets = slice_skip(*octets, n ? n : 1);
        if (n == 0) {
            end_message(lmtp);
            return;
        }
    }
}

enum lmtp_need lmtp_feed(struct lmtp *lmtp, struct slice *octets)
{
    while (lmtp->need == LMTP_INPUT && octets->len) {
        if (lmtp->is_data)
            feed_message(lmtp, octets);
        else
            feed_command(lmtp, octets);
        /* Replies that do not fit are those of somebody who reads none. */
        if (lmtp->replies.failed)
            lmtp->need = LMTP_CLOSE;
    }
    return lmtp->need;
}
