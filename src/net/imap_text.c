/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "net/imap_text.h"

#include <inttypes.h>

#include "base/text.h"

/* The base64 of modified UTF-7: 16 bits in, 6 bits out, no padding. */
struct shifted {
    struct buffer *out;
    unsigned bits;
    unsigned n_bits;
    bool is_open; /* behind a '&' */
};

static void put_unit(struct shifted *shifted, unsigned unit)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                                  "stuvwxyz0123456789+,";

    if (!shifted->is_open)
        buffer_add_char(shifted->out, '&');
    shifted->is_open = true;
    shifted->bits = (shifted->bits << 16 | unit) & 0x3fffff;
    shifted->n_bits += 16;
    while (shifted->n_bits >= 6) {
        shifted->n_bits -= 6;
        buffer_add_char(shifted->out,
                        letters[shifted->bits >> shifted->n_bits & 63]);
    }
}

static void end_shift(struct shifted *shifted)
{
    if (!shifted->is_open)
        return;
    /* Zero bits fill up the last letter. */
    if (shifted->n_bits) {
        unsigned n_bits = shifted->n_bits;

        shifted->n_bits = 0;
        shifted->bits <<= 6 - n_bits;
        shifted->bits &= 63;
        buffer_add_char(shifted->out,
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                        "stuvwxyz0123456789+,"[shifted->bits]);
    }
    buffer_add_char(shifted->out, '-');
    shifted->is_open = false;
    shifted->bits = 0;
}

static void put_point(struct shifted *shifted, unsigned point)
{
    if (point < 0x10000) {
        put_unit(shifted, point);
        return;
    }
    point -= 0x10000;
    put_unit(shifted, 0xd800 | point >> 10);
    put_unit(shifted, 0xdc00 | (point & 0x3ff));
}

void imap_text_add_folder(struct buffer *out, const char *name)
{
    struct shifted shifted = { .out = out };
    struct slice rest = slice_of(name);

    buffer_add_char(out, '"');
    while (rest.len) {
        size_t bytes;
        unsigned point = text_decode_utf8(rest, &bytes);

        rest = slice_skip(rest, bytes);
        if (point >= 0x80) {
            put_point(&shifted, point);
            continue;
        }
        end_shift(&shifted);
        if (point == '"' || point == '\\')
            buffer_add_char(out, '\\');
        buffer_add_char(out, (char)point);
        if (point == '&')
            buffer_add_char(out, '-');
    }
    end_shift(&shifted);
    buffer_add_char(out, '"');
}

void imap_text_add_set(struct buffer *out, const uint32_t *uids, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t first = i;

        while (i + 1 < n && uids[i + 1] == uids[i] + 1)
            i++;
        buffer_add_format(out, "%s%" PRIu32, first ? "," : "", uids[first]);
        if (i > first)
            buffer_add_format(out, ":%" PRIu32, uids[i]);
        i++;
    }
}

bool imap_text_is_keyword(const char *text)
{
    size_t n = 0;

    for (; text[n]; n++)
        if (text[n] <= ' ' || text[n] == 0x7f || strchr("(){%*\"\\]", text[n]))
            return false;
    return n > 0 && n <= 100;
}
