/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/imap_reply.h"

enum { DEPTH_MAX = 32 }; /* lists in lists; flags and envelopes have few */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Takes a number off the front. Returns: 0, -1 where there is none that fits. */
static int take_number(struct slice *rest, uint64_t max, uint64_t *out_number)
{
    uint64_t number = 0;
    size_t i = 0;

    for (; i < rest->len && is_digit(rest->ptr[i]); i++) {
        unsigned digit = (unsigned)(rest->ptr[i] - '0');

        if (number > (max - digit) / 10)
            return -1;
        number = number * 10 + digit;
    }
    if (i == 0)
        return -1;
    *rest = slice_skip(*rest, i);
    *out_number = number;
    return 0;
}

/*
 * Reads the {n} that ends a line. line: without its line end.
 * Returns: whether there is one.
 */
static bool find_literal(struct slice line, uint64_t *out_bytes)
{
    size_t i = line.len;
    struct slice digits;

    if (i < 3 || line.ptr[i - 1] != '}')
        return false;
    i--;
    while (i > 0 && is_digit(line.ptr[i - 1]))
        i--;
    if (i == 0 || line.ptr[i - 1] != '{' || line.ptr[i] == '}')
        return false;
    digits = slice_skip(line, i);
    if (take_number(&digits, UINT64_MAX / 2, out_bytes))
        *out_bytes = UINT64_MAX / 2; /* more than anybody takes */
    return true;
}

static struct slice without_end(struct slice line)
{
    while (line.len &&
           (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r'))
        line.len--;
    return line;
}

enum imap_length imap_reply_measure(struct slice input, size_t max_literal,
                                    size_t *out_bytes)
{
    size_t done = 0;

    for (;;) {
        struct slice rest = slice_skip(input, done);
        struct slice line = slice_line(rest);
        uint64_t bytes;

        if (line.len == 0 || line.ptr[line.len - 1] != '\n')
            return IMAP_PART;
        done += line.len;
        if (!find_literal(without_end(line), &bytes)) {
            *out_bytes = done;
            return IMAP_WHOLE;
        }
        if (bytes > max_literal)
            return IMAP_TOO_LONG;
        if (bytes > input.len - done)
            return IMAP_PART;
        done += (size_t)bytes;
    }
}

/* Takes a word that ends at a blank, with the blank. */
static struct slice take_word(struct slice *rest)
{
    return slice_cut(rest, ' ');
}

static enum imap_status find_status(struct slice word)
{
    static const struct {
        const char *name;
        enum imap_status status;
    } names[] = { { "OK", IMAP_OK },
                  { "NO", IMAP_NO },
                  { "BAD", IMAP_BAD },
                  { "BYE", IMAP_BYE },
                  { "PREAUTH", IMAP_PREAUTH } };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (slice_equal_fold(word, slice_of(names[i].name)))
            return names[i].status;
    return IMAP_DATA;
}

static void parse_status(struct slice rest, struct imap_reply *reply)
{
    if (rest.len && rest.ptr[0] == '[') {
        rest = slice_skip(rest, 1);
        reply->code = slice_cut(&rest, ']');
        rest = slice_trim(rest);
    }
    reply->text = rest;
}

int imap_reply_parse(struct slice whole, struct imap_reply *out_reply)
{
    struct imap_reply reply = { 0 };
    struct slice rest = without_end(whole);
    uint64_t number;

    reply.tag = take_word(&rest);
    if (reply.tag.len == 0)
        return -1;
    if (slice_equal(reply.tag, SLICE("+"))) {
        reply.text = rest;
        *out_reply = reply;
        return 0;
    }
    if (slice_equal(reply.tag, SLICE("*")))
        reply.tag = (struct slice){ 0 };
    if (reply.tag.len == 0 && rest.len && is_digit(rest.ptr[0])) {
        if (take_number(&rest, UINT32_MAX, &number) || rest.len == 0 ||
            rest.ptr[0] != ' ')
            return -1;
        reply.number = (uint32_t)number;
        rest = slice_skip(rest, 1);
    }
    reply.name = take_word(&rest);
    reply.status = find_status(reply.name);
    if (reply.name.len == 0 || (reply.tag.len && reply.status == IMAP_DATA))
        return -1;
    if (reply.status != IMAP_DATA)
        parse_status(rest, &reply);
    reply.rest = rest;
    *out_reply = reply;
    return 0;
}

/* A quoted string without its quotes; its escapes stay. */
static int take_quoted(struct slice *rest, struct slice *out_value)
{
    size_t i = 1;

    while (i < rest->len && rest->ptr[i] != '"')
        i += rest->ptr[i] == '\\' ? 2 : 1;
    if (i >= rest->len)
        return -1;
    *out_value = slice_make(rest->ptr + 1, i - 1);
    *rest = slice_skip(*rest, i + 1);
    return 0;
}

/* {n}, a line end, n octets. */
static int take_literal(struct slice *rest, struct slice *out_value)
{
    struct slice line = slice_line(*rest);
    uint64_t bytes;

    if (!find_literal(without_end(line), &bytes) ||
        line.len !=
            slice_find(*rest, '}') + (line.len - without_end(line).len) + 1 ||
        bytes > rest->len - line.len)
        return -1;
    *out_value = slice_make(rest->ptr + line.len, (size_t)bytes);
    *rest = slice_skip(*rest, line.len + (size_t)bytes);
    return 0;
}

/* An atom ends at a blank or a parenthesis; BODY[HEADER.FIELDS (A B)] holds
 * both within its brackets. */
static struct slice take_atom(struct slice *rest)
{
    bool is_section = false;
    size_t i = 0;

    for (; i < rest->len; i++) {
        char c = rest->ptr[i];

        if (!is_section && (c == ' ' || c == '(' || c == ')'))
            break;
        if (c == '[')
            is_section = true;
        if (c == ']')
            is_section = false;
    }
    struct slice atom = slice_make(rest->ptr, i);
    *rest = slice_skip(*rest, i);
    return atom;
}

/* Takes one octet off the front. Returns: whether it was that one. */
static bool take_char(struct slice *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = slice_skip(*rest, 1);
    return true;
}

/* A string or an atom. */
static int take_scalar(struct slice *rest, struct slice *out_value)
{
    if (rest->len == 0)
        return -1;
    if (rest->ptr[0] == '"')
        return take_quoted(rest, out_value);
    if (rest->ptr[0] == '{')
        return take_literal(rest, out_value);
    *out_value = take_atom(rest);
    return out_value->len ? 0 : -1;
}

/* Any value; of a list nothing is kept. */
static int take_value(struct slice *rest, struct slice *out_value)
{
    unsigned depth = 0;

    *out_value = (struct slice){ 0 };
    do {
        while (depth && take_char(rest, ' '))
            ;
        if (take_char(rest, '(')) {
            if (++depth > DEPTH_MAX)
                return -1;
        } else if (depth && take_char(rest, ')')) {
            depth--;
        } else if (take_scalar(rest, out_value)) {
            return -1;
        }
    } while (depth);
    return 0;
}

static int note_attribute(struct imap_mail *mail, struct slice name,
                          struct slice value, bool is_string)
{
    uint64_t number;

    if (slice_equal_fold(name, SLICE("UID"))) {
        if (take_number(&value, UINT32_MAX, &number))
            return -1;
        mail->uid = (uint32_t)number;
    } else if (slice_equal_fold(name, SLICE("RFC822.SIZE"))) {
        if (take_number(&value, UINT64_MAX / 2, &mail->size))
            return -1;
        mail->has_size = true;
    } else if (slice_equal_fold(name, SLICE("BODY[]"))) {
        mail->has_body = true;
        mail->body = is_string ? value : (struct slice){ 0 };
    }
    return 0;
}

int imap_reply_mail(struct slice rest, struct imap_mail *out_mail)
{
    struct imap_mail mail = { 0 };

    if (!take_char(&rest, '('))
        return -1;
    while (!take_char(&rest, ')')) {
        struct slice name, value;
        bool is_string;

        if (take_char(&rest, ' '))
            continue;
        name = take_atom(&rest);
        if (name.len == 0 || !take_char(&rest, ' '))
            return -1;
        is_string = rest.len && (rest.ptr[0] == '"' || rest.ptr[0] == '{');
        if (take_value(&rest, &value) ||
            note_attribute(&mail, name, value, is_string))
            return -1;
    }
    *out_mail = mail;
    return 0;
}

int imap_reply_number(struct slice *rest, uint32_t *out_number)
{
    while (rest->len) {
        struct slice word = take_word(rest);
        uint64_t number;

        if (take_number(&word, UINT32_MAX, &number) == 0 && word.len == 0 &&
            number > 0) {
            *out_number = (uint32_t)number;
            return 0;
        }
    }
    return 1;
}

int imap_reply_code(struct slice code, const char *name, uint32_t *out_number)
{
    uint64_t number;

    if (!slice_equal_fold(take_word(&code), slice_of(name)) ||
        take_number(&code, UINT32_MAX, &number) || code.len)
        return 1;
    *out_number = (uint32_t)number;
    return 0;
}

bool imap_reply_has_word(struct slice words, const char *word)
{
    while (words.len)
        if (slice_equal_fold(take_word(&words), slice_of(word)))
            return true;
    return false;
}
