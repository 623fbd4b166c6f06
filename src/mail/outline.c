/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/outline.h"

#include "mail/limits.h"

struct reader {
    struct outline outline;
    size_t block_bytes; /* of the header block that is being read */
    bool is_header;     /* inside a header block */
    bool is_top;        /* inside the outermost one */
    bool is_type;       /* inside a Content-Type field, folded or not */
    bool has_type;      /* the block has a Content-Type field */
    bool opens_message; /* the block's type may be that of a message */
    bool has_digest;    /* a multipart/digest was met: parts without a type
                             are messages then (RFC 2046 section 5.1.5) */
};

static bool contains_fold(struct slice line, struct slice word)
{
    for (; line.len >= word.len; line = slice_skip(line, 1)) {
        if (slice_starts_fold(line, word))
            return true;
    }
    return false;
}

static void begin_block(struct reader *r)
{
    r->is_header = true;
    r->block_bytes = 0;
    r->is_type = r->has_type = r->opens_message = false;
}

/* After the header of a message part the header of that message follows. */
static void end_block(struct reader *r)
{
    bool is_message = r->opens_message || (r->has_digest && !r->has_type);

    r->is_top = false;
    r->is_header = false;
    if (is_message)
        begin_block(r);
}

static void read_type(struct reader *r, struct slice line)
{
    if (contains_fold(line, SLICE("message"))) {
        r->opens_message = true;
        r->outline.n_containers++;
    }
    if (contains_fold(line, SLICE("multipart")))
        r->outline.n_containers++;
    if (contains_fold(line, SLICE("digest")))
        r->has_digest = true;
}

static void read_field(struct reader *r, struct slice line)
{
    if (*line.ptr != ' ' && *line.ptr != '\t') {
        bool is_misspelt = slice_starts_fold(line, SLICE("contenttype"));

        r->outline.n_fields++;
        r->is_type =
            is_misspelt || slice_starts_fold(line, SLICE("content-type"));
        r->has_type |= r->is_type;
        r->outline.is_misspelt |= is_misspelt;
    }
    if (r->is_type)
        read_type(r, line);
}

/* line: without its LF. */
static void read_line(struct reader *r, struct slice line)
{
    bool has_cr = line.len && line.ptr[line.len - 1] == '\r';

    if (line.len >= 2 && line.ptr[0] == '-' && line.ptr[1] == '-') {
        r->outline.n_delimiters++;
        r->is_top = false;
        begin_block(r);
        return;
    }
    if (!r->is_header)
        return;
    if (r->is_top) {
        r->outline.has_crlf |= has_cr;
        r->outline.has_bare_lf |= !has_cr;
    }
    r->block_bytes += line.len + 1;
    if (line.len == (size_t)has_cr)
        end_block(r);
    else
        read_field(r, line);
}

/* Returns: what went over its limit, or NULL. */
static const char *excess(const struct reader *r)
{
    if (r->block_bytes > MAIL_MAX_HEADER_BYTES)
        return "header is larger than 256 KiB";
    if (r->outline.n_fields > MAIL_MAX_FIELDS)
        return "has more than 20000 header fields";
    if (r->outline.n_delimiters > MAIL_MAX_PARTS ||
        r->outline.n_containers > MAIL_MAX_PARTS)
        return "has more than 1000 parts";
    return NULL;
}

int outline_read(struct slice message, struct outline *out_outline,
                 struct err *err)
{
    struct reader r = { .is_header = true, .is_top = true };
    struct slice rest = message;

    if (message.len > MAIL_MAX_MESSAGE_BYTES)
        return err_set(err, ERR_LIMIT, "mail is larger than 80 MiB");
    while (rest.len) {
        size_t len = slice_find(rest, '\n');
        const char *what;

        read_line(&r, slice_make(rest.ptr, len));
        what = excess(&r);
        if (what) {
            err_set(err, ERR_LIMIT, "mail %s", what);
            if (err)
                err->offset = (uint64_t)(rest.ptr - message.ptr);
            return -1;
        }
        rest = slice_skip(rest, len + 1);
    }
    *out_outline = r.outline;
    return 0;
}
