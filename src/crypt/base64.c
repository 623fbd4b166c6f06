/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "crypt/base64.h"

#include <stdbool.h>
#include <stdint.h>

enum { LINE_MAX_CHARACTERS = 76 /* RFC 2045 section 6.8 */ };

/* What an octet is: its six bits, or one of these. */
enum { PAD = 64, BLANK, CARRIAGE_RETURN, LINE_FEED, FOREIGN };

/* clang-format off */
static const uint8_t class_of[256] = {
    68, 68, 68, 68, 68, 68, 68, 68, 68, 65, 67, 68, 68, 66, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    65, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 62, 68, 68, 68, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 68, 68, 68, 64, 68, 68,
    68,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 68, 68, 68, 68, 68,
    68, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
    68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68,
};
/* clang-format on */

struct decoder {
    const unsigned char *at, *end;
    const unsigned char *line; /* where the current line began */
    unsigned char *out;
    uint32_t bits;   /* sextets not yet written */
    unsigned n_bits; /* 0 to 3 of them */
    unsigned oddities;
    bool is_ended;  /* valid padding was met */
    bool has_empty; /* an empty line was met since the last data */
};

static void take_sextet(struct decoder *d, unsigned sextet)
{
    if (d->has_empty) {
        d->oddities |= BASE64_BLANKS;
        d->has_empty = false;
    }
    d->bits = d->bits << 6 | sextet;
    if (++d->n_bits < 4)
        return;
    d->out[0] = (unsigned char)(d->bits >> 16);
    d->out[1] = (unsigned char)(d->bits >> 8);
    d->out[2] = (unsigned char)d->bits;
    d->out += 3;
    d->n_bits = 0;
}

/* Writes what a group of two or three sextets holds: one or two octets. */
static void flush(struct decoder *d)
{
    if (d->n_bits == 2) {
        *d->out++ = (unsigned char)(d->bits >> 4);
    } else if (d->n_bits == 3) {
        *d->out++ = (unsigned char)(d->bits >> 10);
        *d->out++ = (unsigned char)(d->bits >> 2);
    }
    d->n_bits = 0;
}

static void end_line(struct decoder *d)
{
    size_t len = (size_t)(d->at - d->line);

    if (len && d->at[-1] == '\r')
        len--;
    if (len > LINE_MAX_CHARACTERS)
        d->oddities |= BASE64_LONG_LINE;
    if (len == 0)
        d->has_empty = true;
    d->line = d->at + 1;
}

/* Padding counts only where a group can end; anywhere else it is noise. */
static void take_padding(struct decoder *d)
{
    if (d->n_bits < 2) {
        d->oddities |= BASE64_FOREIGN;
        return;
    }
    flush(d);
    d->is_ended = true;
}

static void take(struct decoder *d)
{
    unsigned class = class_of[*d->at];

    if (class < PAD)
        take_sextet(d, class);
    else if (class == PAD)
        take_padding(d);
    else if (class == BLANK)
        d->oddities |= BASE64_BLANKS;
    else if (class == LINE_FEED)
        end_line(d);
    else if (class == FOREIGN)
        d->oddities |= BASE64_FOREIGN;
    d->at++;
}

/* Whole groups of four without anything between: nearly all of a body. */
static void take_groups(struct decoder *d)
{
    const unsigned char *at = d->at;
    unsigned char *out = d->out;

    while (d->end - at >= 4) {
        unsigned a = class_of[at[0]], b = class_of[at[1]];
        unsigned c = class_of[at[2]], e = class_of[at[3]];

        if ((a | b | c | e) >= PAD)
            break;
        out[0] = (unsigned char)(a << 2 | b >> 4);
        out[1] = (unsigned char)(b << 4 | c >> 2);
        out[2] = (unsigned char)(c << 6 | e);
        out += 3;
        at += 4;
    }
    d->at = at;
    d->out = out;
}

/* Behind the padding only "=" and white space are expected. */
static void look_behind_end(struct decoder *d)
{
    for (; d->at < d->end; d->at++) {
        unsigned class = class_of[*d->at];

        if (class < PAD || class == FOREIGN) {
            d->oddities |= BASE64_FOREIGN;
            return;
        }
    }
}

size_t base64_decode(struct slice text, char *out, unsigned *out_oddities)
{
    const unsigned char *start = (const unsigned char *)text.ptr;
    struct decoder d = { .at = start,
                         .end = text.len ? start + text.len : start,
                         .line = start,
                         .out = (unsigned char *)out };

    *out_oddities = 0;
    if (text.len == 0)
        return 0;
    while (d.at < d.end && !d.is_ended) {
        if (d.n_bits == 0 && !d.has_empty)
            take_groups(&d);
        if (d.at < d.end)
            take(&d);
    }
    if (d.is_ended) {
        if ((size_t)(d.at - d.line) > LINE_MAX_CHARACTERS + 1)
            d.oddities |= BASE64_LONG_LINE;
        look_behind_end(&d);
    } else {
        if ((size_t)(d.end - d.line) > LINE_MAX_CHARACTERS)
            d.oddities |= BASE64_LONG_LINE;
        if (d.n_bits)
            d.oddities |= BASE64_NO_PADDING;
        flush(&d);
    }
    *out_oddities = d.oddities;
    return (size_t)((char *)d.out - out);
}

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes the four characters of 1 to 3 octets. */
static void encode_group(const unsigned char *octets, size_t n, char *out)
{
    uint32_t bits = (uint32_t)octets[0] << 16;

    if (n > 1)
        bits |= (uint32_t)octets[1] << 8;
    if (n > 2)
        bits |= octets[2];
    out[0] = alphabet[bits >> 18];
    out[1] = alphabet[bits >> 12 & 63];
    out[2] = n > 1 ? alphabet[bits >> 6 & 63] : '=';
    out[3] = n > 2 ? alphabet[bits & 63] : '=';
}

/* Appends a line of whole groups, of which the last may be padded. */
static void encode_line(struct slice octets, struct buffer *out)
{
    const unsigned char *at = (const unsigned char *)octets.ptr;
    size_t n_groups = (octets.len + 2) / 3;
    char *text = buffer_reserve(out, 4 * n_groups);

    if (!text)
        return;
    for (size_t i = 0; i < n_groups; i++) {
        size_t left = octets.len - 3 * i;

        encode_group(at + 3 * i, left < 3 ? left : 3, text + 4 * i);
    }
    out->len += 4 * n_groups;
}

void base64_encode(struct slice octets, size_t per_line, const char *line_end,
                   struct buffer *out)
{
    size_t step = per_line ? per_line / 4 * 3 : octets.len;

    while (octets.len > step) {
        encode_line(slice_make(octets.ptr, step), out);
        buffer_add_text(out, line_end);
        octets = slice_skip(octets, step);
    }
    encode_line(octets, out);
}
