/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/pop3.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "net/limits.h"
#include "net/pop3_reply.h"

struct pop3 {
    struct mail_link *link;
};

enum { MAILS_MAX = 1000000 }; /* in one maildrop; POP3 lists all each time */

int pop3_open(const struct mail_link_options *options, struct pop3 **out_pop3,
              enum mail_trouble *out_trouble, struct err *err)
{
    struct mail_link_options with_room = *options;
    struct pop3 *pop3 = calloc(1, sizeof(*pop3));

    *out_trouble = MAIL_TROUBLE_OTHER;
    if (!pop3)
        return err_memory(err);
    /* What comes is taken at once; only a line has to fit. */
    with_room.max_bytes = NET_READ_BYTES * 2;
    if (mail_link_open(&with_room, &pop3->link, out_trouble, err)) {
        free(pop3);
        return -1;
    }
    *out_pop3 = pop3;
    return 0;
}

/* What a server says goes to people as text without tricks. */
static int refused(struct slice line, struct err *err)
{
    struct buffer text;

    buffer_init(&text, 160);
    text_add_terminal(&text, text_cut(line, 100));
    err_set(err, ERR_SYSTEM, "the server says %s",
            text.len ? buffer_text(&text) : "no, and not why");
    buffer_deinit(&text);
    return 1;
}

/* Hears a status line. Returns: 0 for +OK, 1 with err for -ERR, -1 with err. */
static int hear(struct pop3 *pop3, struct err *err)
{
    struct slice line, text;
    int rc;

    for (;;) {
        line = slice_line(mail_link_input(pop3->link));
        if (line.len && line.ptr[line.len - 1] == '\n')
            break;
        if (mail_link_wait(pop3->link, err))
            return -1;
    }
    rc = pop3_reply_status(line, &text);
    if (rc < 0)
        return err_set(err, ERR_SYSTEM, "the server says what is not of POP3");
    if (rc > 0)
        refused(text, err);
    mail_link_take(pop3->link, line.len);
    return rc;
}

/* Says a command. Returns: as hear. */
static int say(struct pop3 *pop3, const char *verb, uint32_t number,
               struct err *err)
{
    char line[64];
    int n = number ? snprintf(line, sizeof(line), "%s %" PRIu32 "\r\n", verb,
                              number)
                   : snprintf(line, sizeof(line), "%s\r\n", verb);

    if (mail_link_send(pop3->link, slice_make(line, (size_t)n), err))
        return -1;
    return hear(pop3, err);
}

static int hear_lines(struct pop3 *pop3, struct buffer *out, struct err *err)
{
    struct pop3_body body = POP3_BODY_BEGIN;

    for (;;) {
        struct slice input = mail_link_input(pop3->link);
        struct slice rest = input;
        int rc = pop3_body_feed(&body, &rest, out);

        mail_link_take(pop3->link, input.len - rest.len);
        if (out->failed)
            return err_set(err, ERR_LIMIT,
                           "the server sends more than %zu octets",
                           out->max_bytes);
        if (rc)
            return 0;
        if (mail_link_wait(pop3->link, err))
            return -1;
    }
}

/* A command about all mails. */
static int ask_all(struct pop3 *pop3, const char *verb, struct buffer *out,
                   struct err *err)
{
    if (say(pop3, verb, 0, err))
        return -1;
    return hear_lines(pop3, out, err);
}

static size_t count_lines(struct slice text)
{
    size_t n = 0;

    for (; text.len; n++)
        text = slice_skip(text, slice_line(text).len);
    return n;
}

static int bad_list(struct err *err)
{
    return err_set(err, ERR_SYSTEM,
                   "the server's list of mails is not of POP3");
}

/* Cuts the names out of the server's text, in place. */
static int read_names(struct pop3_list *list, struct buffer *text,
                      struct err *err)
{
    struct slice rest = buffer_slice(text), word;
    size_t n = count_lines(rest);

    if (n > MAILS_MAX)
        return err_set(err, ERR_SYSTEM, "the mailbox holds too many mails");
    list->mails = calloc(n + 1, sizeof(*list->mails));
    if (!list->mails)
        return err_memory(err);
    for (;;) {
        struct pop3_mail *mail = &list->mails[list->n];
        int rc = pop3_reply_item(&rest, &mail->number, &word);

        if (rc > 0)
            break;
        /* In order, so that each has one place. */
        if (rc < 0 || (list->n && mail->number <= mail[-1].number))
            return bad_list(err);
        mail->uidl = word.ptr;
        text->ptr[word.ptr - text->ptr + (ptrdiff_t)word.len] = '\0';
        list->n++;
    }
    list->text = text->ptr;
    *text = (struct buffer){ 0 };
    return 0;
}

/* Notes the sizes, where the server tells them. */
static void read_sizes(struct pop3_list *list, struct slice rest)
{
    struct slice word;
    uint32_t number;
    size_t at = 0;

    while (pop3_reply_item(&rest, &number, &word) == 0) {
        while (at < list->n && list->mails[at].number < number)
            at++;
        if (at < list->n && list->mails[at].number == number)
            (void)pop3_reply_size(word, &list->mails[at].size);
    }
}

int pop3_list(struct pop3 *pop3, struct pop3_list *out_list, struct err *err)
{
    struct pop3_list list = { 0 };
    struct buffer names, sizes;
    int rc;

    buffer_init(&names, NET_MAIL_REPLY_BYTES);
    buffer_init(&sizes, NET_MAIL_REPLY_BYTES);
    rc = ask_all(pop3, "UIDL", &names, err);
    if (rc == 0)
        rc = ask_all(pop3, "LIST", &sizes, err);
    if (rc == 0)
        rc = read_names(&list, &names, err);
    if (rc == 0)
        read_sizes(&list, buffer_slice(&sizes));
    buffer_deinit(&names);
    buffer_deinit(&sizes);
    if (rc) {
        pop3_list_deinit(&list);
        return -1;
    }
    *out_list = list;
    return 0;
}

void pop3_list_deinit(struct pop3_list *list)
{
    free(list->mails);
    free(list->text);
    *list = (struct pop3_list){ 0 };
}

int pop3_fetch(struct pop3 *pop3, uint32_t number, struct buffer *out,
               struct err *err)
{
    int rc = say(pop3, "RETR", number, err);

    return rc ? rc : hear_lines(pop3, out, err);
}

int pop3_delete(struct pop3 *pop3, uint32_t number, struct err *err)
{
    return say(pop3, "DELE", number, err) ? -1 : 0;
}

int pop3_quit(struct pop3 *pop3, struct err *err)
{
    return say(pop3, "QUIT", 0, err) ? -1 : 0;
}

bool pop3_is_stopped(const struct pop3 *pop3)
{
    return mail_link_is_stopped(pop3->link);
}

void pop3_close(struct pop3 *pop3)
{
    if (!pop3)
        return;
    mail_link_close(pop3->link);
    free(pop3);
}
