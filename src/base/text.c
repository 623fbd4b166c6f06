/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/text.h"

#include <stdint.h>

static bool is_tail(const char *p)
{
    return ((unsigned char)*p & 0xc0) == 0x80;
}

/* Length of a valid multi-octet character at p, 0 where it is invalid. */
static size_t sequence_bytes(const char *p, size_t left)
{
    unsigned char a = (unsigned char)p[0];
    unsigned char b = left > 1 ? (unsigned char)p[1] : 0;

    if (a >= 0xc2 && a <= 0xdf)
        return left > 1 && is_tail(p + 1) ? 2 : 0;
    if (a >= 0xe0 && a <= 0xef) {
        if (left < 3 || !is_tail(p + 1) || !is_tail(p + 2))
            return 0;
        /* overlong forms and surrogates */
        return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ? 0 : 3;
    }
    if (a >= 0xf0 && a <= 0xf4) {
        if (left < 4 || !is_tail(p + 1) || !is_tail(p + 2) || !is_tail(p + 3))
            return 0;
        return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
    }
    return 0;
}

size_t text_utf8_prefix(struct slice s)
{
    size_t i = 0;

    while (i < s.len) {
        uint64_t word;
        size_t n;

        /* Eight ASCII octets at a time. */
        while (s.len - i >= 8) {
            memcpy(&word, s.ptr + i, 8);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += 8;
        }
        if (i == s.len)
            break;
        if ((unsigned char)s.ptr[i] < 0x80) {
            i++;
            continue;
        }
        n = sequence_bytes(s.ptr + i, s.len - i);
        if (n == 0)
            break;
        i += n;
    }
    return i;
}

unsigned text_decode_utf8(struct slice s, size_t *out_bytes)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t n;

    *out_bytes = 1;
    if (p[0] < 0x80)
        return p[0];
    n = sequence_bytes(s.ptr, s.len);
    if (n == 0)
        return 0xfffd;
    *out_bytes = n;
    if (n == 2)
        return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    if (n == 3)
        return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 |
           (p[3] & 0x3fu);
}

struct slice text_cut(struct slice s, size_t max_bytes)
{
    if (s.len <= max_bytes)
        return s;
    while (max_bytes && ((unsigned char)s.ptr[max_bytes] & 0xc0) == 0x80)
        max_bytes--;
    return slice_make(s.ptr, max_bytes);
}

size_t text_encode_utf8(unsigned c, char out[static 4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Appends one character at the front of s as it is. Returns: the rest. */
static struct slice add_char(struct buffer *buffer, struct slice s, size_t n)
{
    buffer_add(buffer, s.ptr, n);
    return slice_skip(s, n);
}

void text_add_utf8(struct buffer *buffer, struct slice s)
{
    while (s.len) {
        struct slice good = slice_make(s.ptr, text_utf8_prefix(s));
        size_t nul = slice_find(good, '\0');

        s = add_char(buffer, s, nul);
        if (s.len) {
            buffer_add_text(buffer, "\xef\xbf\xbd");
            s = slice_skip(s, 1);
        }
    }
}

/* Characters that steer a terminal or reorder what is read. */
static bool is_steering(unsigned c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
           c == 0x61c || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 ||
           c == 0xfeff;
}

static void add_visible(struct buffer *buffer, struct slice s, size_t n,
                        unsigned c)
{
    if (c == 0xfffd && n == 1)
        buffer_add_format(buffer, "\\x%02x", (unsigned char)s.ptr[0]);
    else if (c < 0x100)
        buffer_add_format(buffer, "\\x%02x", c);
    else
        buffer_add_format(buffer, "\\u%04x", c);
}

void text_add_terminal(struct buffer *buffer, struct slice s)
{
    while (s.len) {
        size_t n;
        unsigned c = text_decode_utf8(s, &n);

        if (c == '\n' || c == '\r' || c == '\t')
            buffer_add_char(buffer, ' ');
        else if (is_steering(c) || (c == 0xfffd && n == 1))
            add_visible(buffer, s, n, c);
        else
            buffer_add(buffer, s.ptr, n);
        s = slice_skip(s, n);
    }
}

static bool needs_log_quotes(struct slice s)
{
    if (s.len == 0)
        return true;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return true;
    }
    return false;
}

void text_add_log(struct buffer *buffer, struct slice s)
{
    bool quotes = needs_log_quotes(s);

    if (quotes)
        buffer_add_char(buffer, '"');
    while (s.len) {
        size_t n;
        unsigned c = text_decode_utf8(s, &n);

        if (c == '"' || c == '\\')
            buffer_add_format(buffer, "\\%c", (int)c);
        else if (is_steering(c) || (c == 0xfffd && n == 1))
            add_visible(buffer, s, n, c);
        else
            buffer_add(buffer, s.ptr, n);
        s = slice_skip(s, n);
    }
    if (quotes)
        buffer_add_char(buffer, '"');
}

void text_add_json(struct buffer *buffer, struct slice s)
{
    while (s.len) {
        size_t n;
        unsigned c = text_decode_utf8(s, &n);

        if (c == '"' || c == '\\')
            buffer_add_format(buffer, "\\%c", (int)c);
        else if (is_steering(c) || (c == 0xfffd && n == 1))
            buffer_add_format(buffer, "\\u%04x", c);
        else
            buffer_add(buffer, s.ptr, n);
        s = slice_skip(s, n);
    }
}

void text_add_csv(struct buffer *buffer, struct slice s)
{
    bool quotes = false;
    bool formula = s.len && memchr("=+-@\t\r", s.ptr[0], 6) != NULL;

    for (size_t i = 0; i < s.len && !quotes; i++)
        quotes = memchr(",\"\r\n", s.ptr[i], 4) != NULL;
    if (quotes)
        buffer_add_char(buffer, '"');
    if (formula)
        buffer_add_char(buffer, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            buffer_add_char(buffer, '"');
        buffer_add_char(buffer, s.ptr[i]);
    }
    if (quotes)
        buffer_add_char(buffer, '"');
}

int text_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}
