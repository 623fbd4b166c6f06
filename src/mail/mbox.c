/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/mbox.h"

#include "mail/limits.h"
#include "mail/mail.h"

static const struct slice from_mark = { "From ", 5 };

/* Gives what follows the line at the start of s. */
static struct slice skip_line(struct slice s)
{
    return slice_skip(s, slice_line(s).len);
}

/* A separator line is followed by a header, or by nothing at all. */
static bool is_separator(struct slice s)
{
    struct slice next;

    if (!slice_starts(s, from_mark))
        return false;
    next = skip_line(s);
    return next.len == 0 ||
           (!slice_starts(next, from_mark) && mail_is_message(next));
}

/* Tells whether an empty line, or nothing, stands before octet `at`. */
static bool is_after_empty_line(struct slice s, size_t at)
{
    const char *p = s.ptr + at;

    if (at == 0)
        return true;
    if (p[-1] != '\n')
        return false;
    if (at >= 2 && p[-2] == '\n')
        return true;
    return at >= 3 && p[-2] == '\r' && p[-3] == '\n';
}

/* A ">From " line, however many ">" it begins with. */
static bool is_quoted(struct slice line)
{
    size_t n = 0;

    while (n < line.len && line.ptr[n] == '>')
        n++;
    return n > 0 && slice_starts(slice_skip(line, n), from_mark);
}

static bool has_quoting(struct slice message)
{
    for (; message.len; message = skip_line(message)) {
        if (is_quoted(message))
            return true;
    }
    return false;
}

static int unquote(struct mbox *mbox, struct slice message,
                   struct slice *out_message, struct err *err)
{
    struct slice rest = message;

    buffer_reset(&mbox->scratch);
    while (rest.len && !mbox->scratch.failed) {
        struct slice next = skip_line(rest);
        size_t skip = is_quoted(rest) ? 1 : 0;

        buffer_add(&mbox->scratch, rest.ptr + skip, rest.len - next.len - skip);
        rest = next;
    }
    if (mbox->scratch.failed)
        return err_memory(err);
    *out_message = buffer_slice(&mbox->scratch);
    return 0;
}

/* The empty line before a separator belongs to the mailbox. */
static struct slice drop_empty_line(struct slice message)
{
    if (message.len >= 2 && message.ptr[message.len - 1] == '\n') {
        size_t cr = message.ptr[message.len - 2] == '\r' ? 1u : 0u;
        size_t len = message.len - 1 - cr;

        if (len && message.ptr[len - 1] == '\n')
            message.len = len;
    }
    return message;
}

bool mbox_is_mbox(struct slice octets)
{
    return is_separator(octets);
}

size_t mbox_find_separator(struct slice octets, size_t from)
{
    struct slice rest = slice_skip(octets, from);

    if (from > 0 && rest.len && rest.ptr[-1] != '\n')
        rest = skip_line(rest);
    for (; rest.len; rest = skip_line(rest)) {
        size_t at = octets.len - rest.len;

        if (rest.ptr[0] == from_mark.ptr[0] &&
            is_after_empty_line(octets, at) && is_separator(rest))
            return at;
    }
    return octets.len;
}

void mbox_init(struct mbox *mbox, struct slice octets)
{
    size_t first = mbox_find_separator(octets, 0);

    *mbox = (struct mbox){ .rest = slice_skip(octets, first) };
    buffer_init(&mbox->scratch, MAIL_MAX_MESSAGE_BYTES);
}

void mbox_deinit(struct mbox *mbox)
{
    if (mbox)
        buffer_deinit(&mbox->scratch);
}

int mbox_next(struct mbox *mbox, struct slice *out_message, struct err *err)
{
    struct slice message;
    size_t end;

    if (mbox->rest.len == 0)
        return MBOX_END;
    message = skip_line(mbox->rest);
    end = mbox_find_separator(message, 0);
    mbox->rest = slice_skip(message, end);
    message.len = end;
    message = drop_empty_line(message);
    *out_message = message;
    if (message.len > MAIL_MAX_MESSAGE_BYTES)
        return MBOX_TOO_LARGE;
    return has_quoting(message) ? unquote(mbox, message, out_message, err) : 0;
}
