/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/pop3_reply.h"

enum { UIDL_MAX_BYTES = 200 }; /* RFC 1939 section 7: 70; some say more */

int pop3_reply_status(struct slice line, struct slice *out_text)
{
    static const struct slice good = { "+OK", 3 }, bad = { "-ERR", 4 };
    struct slice mark = slice_starts_fold(line, good) ? good : bad;
    struct slice text = slice_skip(line, mark.len);

    if (!slice_starts_fold(line, mark) ||
        (text.len && !strchr(" \r\n\t", text.ptr[0])))
        return -1;
    *out_text = slice_trim(text);
    return mark.ptr == bad.ptr;
}

/* The rest of a line, or as much of it as is there. */
static void take_line(struct pop3_body *body, struct slice *input,
                      struct buffer *out)
{
    struct slice line = slice_line(*input);
    char last = line.ptr[line.len - 1];
    bool is_cr_before =
        line.len > 1 ? line.ptr[line.len - 2] == '\r' : body->is_cr;

    buffer_add(out, line.ptr, line.len);
    body->state = last == '\n' && is_cr_before ? POP3_LINE_BEGIN : POP3_IN_LINE;
    body->is_cr = last == '\r';
    *input = slice_skip(*input, line.len);
}

int pop3_body_feed(struct pop3_body *body, struct slice *input,
                   struct buffer *out)
{
    while (input->len) {
        char c = input->ptr[0];

        switch (body->state) {
        case POP3_LINE_BEGIN:
            if (c == '.') {
                body->state = POP3_DOT;
                *input = slice_skip(*input, 1);
                continue;
            }
            break;
        case POP3_DOT:
            if (c == '\r') {
                body->state = POP3_DOT_CR;
                *input = slice_skip(*input, 1);
                continue;
            }
            break;
        case POP3_DOT_CR:
            if (c == '\n') {
                *input = slice_skip(*input, 1);
                return 1;
            }
            buffer_add_char(out, '\r');
            body->is_cr = true;
            break;
        case POP3_IN_LINE: break;
        }
        take_line(body, input, out);
    }
    return 0;
}

static int take_number(struct slice text, uint64_t max, uint64_t *out_number)
{
    uint64_t number = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned char)text.ptr[i] - (unsigned)'0';

        if (digit > 9 || number > (max - digit) / 10)
            return -1;
        number = number * 10 + digit;
    }
    if (text.len == 0)
        return -1;
    *out_number = number;
    return 0;
}

int pop3_reply_item(struct slice *list, uint32_t *out_number,
                    struct slice *out_word)
{
    struct slice line = slice_line(*list);
    uint64_t number;

    if (list->len == 0)
        return 1;
    *list = slice_skip(*list, line.len);
    line = slice_trim(line);
    if (take_number(slice_cut(&line, ' '), UINT32_MAX, &number) || number == 0)
        return -1;
    line = slice_trim(line);
    line = slice_cut(&line, ' ');
    if (line.len == 0 || line.len > UIDL_MAX_BYTES)
        return -1;
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] <= ' ' || line.ptr[i] > '~')
            return -1;
    *out_number = (uint32_t)number;
    *out_word = line;
    return 0;
}

int pop3_reply_size(struct slice word, uint64_t *out_size)
{
    return take_number(word, UINT64_MAX / 2, out_size);
}
