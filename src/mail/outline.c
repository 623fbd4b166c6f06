/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "mail/outline.h"

#include "mail/limits.h"

static bool contains_fold(struct slice line, struct slice word)
{
    for (; line.len >= word.len; line = slice_skip(line, 1)) {
        if (slice_starts_fold(line, word))
            return true;
    }
    return false;
}

static void begin_block(struct outline_walk *walk)
{
    walk->is_header = true;
    walk->block_bytes = 0;
    walk->is_type = walk->has_type = walk->opens_message = false;
}

/* After the header of a message part the header of that message follows. */
static void end_block(struct outline_walk *walk)
{
    bool is_message =
        walk->opens_message || (walk->has_digest && !walk->has_type);

    walk->is_top = false;
    walk->is_header = false;
    if (is_message)
        begin_block(walk);
}

static void read_type(struct outline_walk *walk, struct slice line)
{
    if (contains_fold(line, SLICE("message"))) {
        walk->opens_message = true;
        walk->outline.n_containers++;
    }
    if (contains_fold(line, SLICE("multipart")))
        walk->outline.n_containers++;
    if (contains_fold(line, SLICE("digest")))
        walk->has_digest = true;
}

static void read_field(struct outline_walk *walk, struct slice line)
{
    if (*line.ptr != ' ' && *line.ptr != '\t') {
        bool is_misspelt = slice_starts_fold(line, SLICE("contenttype"));

        walk->outline.n_fields++;
        walk->is_type =
            is_misspelt || slice_starts_fold(line, SLICE("content-type"));
        walk->has_type |= walk->is_type;
        walk->outline.is_misspelt |= is_misspelt;
    }
    if (walk->is_type)
        read_type(walk, line);
}

void outline_begin(struct outline_walk *walk)
{
    *walk = (struct outline_walk){ .is_header = true, .is_top = true };
}

bool outline_step(struct outline_walk *walk, struct slice line)
{
    bool has_cr = line.len && line.ptr[line.len - 1] == '\r';

    if (line.len >= 2 && line.ptr[0] == '-' && line.ptr[1] == '-') {
        walk->outline.n_delimiters++;
        walk->is_top = false;
        begin_block(walk);
        return false;
    }
    if (!walk->is_header)
        return false;
    if (walk->is_top) {
        walk->outline.has_crlf |= has_cr;
        walk->outline.has_bare_lf |= !has_cr;
    }
    walk->block_bytes += line.len + 1;
    if (line.len == (size_t)has_cr) {
        end_block(walk);
        return false;
    }
    read_field(walk, line);
    return true;
}

/* Returns: what went over its limit, or NULL. */
static const char *excess(const struct outline_walk *walk)
{
    if (walk->block_bytes > MAIL_MAX_HEADER_BYTES)
        return "header is larger than 256 KiB";
    if (walk->outline.n_fields > MAIL_MAX_FIELDS)
        return "has more than 20000 header fields";
    if (walk->outline.n_delimiters > MAIL_MAX_PARTS ||
        walk->outline.n_containers > MAIL_MAX_PARTS)
        return "has more than 1000 parts";
    return NULL;
}

int outline_read(struct slice message, struct outline *out_outline,
                 struct err *err)
{
    struct outline_walk walk;
    struct slice rest = message;

    if (message.len > MAIL_MAX_MESSAGE_BYTES)
        return err_set(err, ERR_LIMIT, "mail is larger than 80 MiB");
    outline_begin(&walk);
    while (rest.len) {
        size_t len = slice_find(rest, '\n');
        const char *what;

        outline_step(&walk, slice_make(rest.ptr, len));
        what = excess(&walk);
        if (what) {
            err_set(err, ERR_LIMIT, "mail %s", what);
            if (err)
                err->offset = (uint64_t)(rest.ptr - message.ptr);
            return -1;
        }
        rest = slice_skip(rest, len + 1);
    }
    *out_outline = walk.outline;
    return 0;
}
