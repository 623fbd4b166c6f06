/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/encoding.h"

#include "base/text.h"

static const struct slice replacement = { "\xef\xbf\xbd", 3 };

struct slice encoding_declared(struct slice text)
{
    static const struct slice none = { NULL, 0 };
    const char *end, *at;
    char quote;
    size_t len;

    if (!slice_starts(text, SLICE("<?xml")))
        return none;
    text.len = 1 + slice_find(slice_skip(text, 1), '<');
    end = memmem(text.ptr, text.len, "?>", 2);
    at = end ? memmem(text.ptr, (size_t)(end - text.ptr), "encoding", 8) : NULL;
    if (!at)
        return none;
    at += 8;
    while (at < end && strchr(" \t\r\n=", *at) && *at)
        at++;
    if (at >= end || (*at != '"' && *at != '\''))
        return none;
    quote = *at++;
    len = slice_find(slice_make(at, (size_t)(end - at)), quote);
    return slice_make(at, len);
}

/* XML 1.0 section 2.2 knows three control characters. */
static bool is_forbidden(char c)
{
    return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* U+FFFE and U+FFFF, which are UTF-8 and no XML. */
static bool is_noncharacter(struct slice s)
{
    return s.len >= 3 && s.ptr[0] == '\xef' && s.ptr[1] == '\xbf' &&
           (s.ptr[2] == '\xbe' || s.ptr[2] == '\xbf');
}

/* What a text is made of. */
struct content {
    bool is_ascii;
    bool is_utf8;
    bool has_forbidden;
};

static struct content look(struct slice text)
{
    struct content content = { .is_ascii = true };

    for (size_t i = 0; i < text.len; i++) {
        content.is_ascii = content.is_ascii && (signed char)text.ptr[i] >= 0;
        if (is_forbidden(text.ptr[i]) ||
            (text.ptr[i] == '\xef' && is_noncharacter(slice_skip(text, i))))
            content.has_forbidden = true;
    }
    content.is_utf8 = content.is_ascii || text_utf8_prefix(text) == text.len;
    return content;
}

static bool is_one_of(struct slice name, const char *const *names)
{
    for (; *names; names++) {
        if (slice_equal_fold(name, slice_of(*names)))
            return true;
    }
    return false;
}

/* Encodings of one octet a character that are Windows-1252 or a part of it. */
static bool is_western(struct slice name)
{
    static const char *const names[] = { "windows-1252", "cp1252", "iso-8859-1",
                                         "iso_8859-1",   "latin1", "latin-1",
                                         "us-ascii",     "ascii",  NULL };

    return is_one_of(name, names);
}

static bool is_wrong(struct slice declared, bool was_utf16,
                     const struct content *content)
{
    static const char *const utf8[] = { "utf-8", "utf8", "utf_8", NULL };

    if (declared.len == 0 || is_one_of(declared, utf8))
        return false;
    if (slice_starts_fold(declared, SLICE("utf-16")) ||
        slice_starts_fold(declared, SLICE("utf16")))
        return !was_utf16;
    if (slice_starts_fold(declared, SLICE("utf-32")) ||
        slice_starts_fold(declared, SLICE("ucs-")))
        return true;
    /* All others that are in use have ASCII in them. */
    return !content->is_ascii && content->is_utf8 && !was_utf16;
}

/* Windows-1252 where ISO 8859-1 has control characters; 0: nothing. */
static unsigned western(unsigned char c)
{
    static const unsigned short high[] = {
        0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
        0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
    };

    return c >= 0x80 && c < 0xa0 ? high[c - 0x80] : c;
}

static void add_western(struct buffer *buffer, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned point = western((unsigned char)text.ptr[i]);
        char utf8[4];

        if (point == 0 || is_forbidden(text.ptr[i]))
            buffer_add(buffer, replacement.ptr, replacement.len);
        else
            buffer_add(buffer, utf8, text_encode_utf8(point, utf8));
    }
}

static void add_utf8(struct buffer *buffer, struct slice text)
{
    while (text.len > 0 && !buffer->failed) {
        size_t n;
        unsigned point = text_decode_utf8(text, &n);

        if (is_forbidden(*text.ptr) || is_noncharacter(text) ||
            (point == 0xfffd && n == 1))
            buffer_add(buffer, replacement.ptr, replacement.len);
        else
            buffer_add(buffer, text.ptr, n);
        text = slice_skip(text, n);
    }
}

int encoding_read(struct slice text, struct slice declared, bool was_utf16,
                  struct buffer *buffer, struct slice *out_text,
                  unsigned *out_oddities)
{
    struct content content = look(text);

    *out_oddities = 0;
    if (is_wrong(declared, was_utf16, &content))
        *out_oddities |= ENCODING_WRONG;
    if (!content.is_utf8)
        *out_oddities |= ENCODING_BAD;
    if (content.has_forbidden)
        *out_oddities |= ENCODING_CONTROL;
    *out_text = text;
    if (content.is_utf8 && !content.has_forbidden)
        return 0;
    if (!content.is_utf8 && is_western(declared))
        add_western(buffer, text);
    else
        add_utf8(buffer, text);
    *out_text = buffer_slice(buffer);
    return buffer->failed ? -1 : 0;
}
