/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/submit_talk.h"

static const struct {
    const char *command; /* NULL: none leads there */
    const char *name;
} stages[SUBMIT_STAGE_COUNT] = {
    [SUBMIT_GREETING] = { NULL, "greeting" },
    [SUBMIT_HELLO] = { "EHLO", "EHLO" },
    [SUBMIT_TLS] = { "STARTTLS", "STARTTLS" },
    [SUBMIT_LOGIN] = { "AUTH", "AUTH" },
    [SUBMIT_SENDER] = { "MAIL", "MAIL FROM" },
    [SUBMIT_RECIPIENT] = { "RCPT", "RCPT TO" },
    [SUBMIT_DATA] = { "DATA", "DATA" },
    [SUBMIT_CONTENT] = { NULL, "end of data" },
};

void submit_talk_init(struct submit_talk *talk)
{
    *talk = (struct submit_talk){ .stage = SUBMIT_GREETING };
}

void submit_talk_command(struct submit_talk *talk, struct slice line)
{
    struct slice word = slice_trim(line);

    word.len = slice_find(word, ' ');
    if (slice_equal_fold(word, SLICE("HELO")))
        talk->stage = SUBMIT_HELLO;
    if (slice_equal_fold(word, SLICE("QUIT")))
        talk->is_over = true;
    for (size_t i = 0; i < SUBMIT_STAGE_COUNT; i++) {
        if (stages[i].command &&
            slice_equal_fold(word, slice_of(stages[i].command)))
            talk->stage = (enum submit_stage)i;
    }
    if (slice_equal_fold(word, SLICE("RCPT")))
        talk->n_recipients++;
}

/* Appends what fits, as plain text: it comes from outside. */
static void append(char text[SUBMIT_REPLY_BYTES], struct slice s)
{
    size_t used = strlen(text);

    for (size_t i = 0; i < s.len && used + 1 < SUBMIT_REPLY_BYTES; i++) {
        char c = s.ptr[i];

        text[used++] = c >= 0x20 && c < 0x7f ? c : '?';
    }
    text[used] = '\0';
}

/* Returns: the code that a line begins with, or 0. */
static int code_of(struct slice line)
{
    int code = 0;

    for (size_t i = 0; i < 3; i++) {
        if (i >= line.len || line.ptr[i] < '0' || line.ptr[i] > '9')
            return 0;
        code = code * 10 + (line.ptr[i] - '0');
    }
    return code;
}

/* A reply is whole: keep it where it is asked for later. */
static void finish(struct submit_talk *talk)
{
    switch (talk->stage) {
    case SUBMIT_RECIPIENT:
        if (talk->n_recipients && talk->n_recipients <= SUBMIT_MAX_RECIPIENTS)
            talk->recipients[talk->n_recipients - 1] = talk->last;
        break;
    case SUBMIT_DATA:
        /* What comes next is the answer to the content. */
        if (talk->last.code == 354)
            talk->stage = SUBMIT_CONTENT;
        break;
    case SUBMIT_CONTENT: talk->content = talk->last; break;
    default: break;
    }
}

void submit_talk_reply(struct submit_talk *talk, struct slice line)
{
    struct slice rest = slice_trim(line);
    int code = code_of(rest);

    if (talk->is_over)
        return;
    if (!talk->is_continued)
        talk->last = (struct submit_reply){ .stage = talk->stage };
    else if (talk->last.text[0])
        append(talk->last.text, SLICE(" "));
    talk->is_continued = code && rest.len > 3 && rest.ptr[3] == '-';
    if (code)
        talk->last.code = code;
    append(talk->last.text, slice_trim(slice_skip(rest, code ? 4 : 0)));
    if (!talk->is_continued)
        finish(talk);
}

const struct submit_reply *submit_talk_verdict(const struct submit_talk *talk,
                                               size_t i)
{
    const struct submit_reply *own = &talk->recipients[i];

    if (own->code == 0)
        return &talk->last;
    if (own->code >= 300)
        return own;
    if (talk->content.code)
        return &talk->content;
    /* What was said about another recipient says nothing about this one. */
    return talk->last.stage == SUBMIT_RECIPIENT ? own : &talk->last;
}

const char *submit_stage_name(enum submit_stage stage)
{
    return stages[stage].name;
}
