/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/sniff.h"

#include "unwrap/utf16.h"

enum { XML_HEAD_BYTES = 4096 /* prolog and comments before the root */ };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice skip_blanks(struct slice s)
{
    while (s.len && is_blank(*s.ptr))
        s = slice_skip(s, 1);
    return s;
}

static bool is_zip(struct slice s)
{
    return s.len >= 4 && s.ptr[0] == 'P' && s.ptr[1] == 'K' &&
           (slice_equal(slice_make(s.ptr + 2, 2), SLICE("\x03\x04")) ||
            slice_equal(slice_make(s.ptr + 2, 2), SLICE("\x05\x06")) ||
            slice_equal(slice_make(s.ptr + 2, 2), SLICE("\x07\x08")));
}

/* RFC 1950 section 2.2: deflate with the usual window at any level. */
static bool is_zlib(struct slice s)
{
    return s.len >= 2 && s.ptr[0] == 'x' &&
           memchr("\x01\x5e\x9c\xda", s.ptr[1], 4) != NULL;
}

static bool is_packed(struct slice s)
{
    static const struct slice marks[] = {
        { "BZh", 3 },
        { "\xfd\x37zXZ\0", 6 },
        { "\x28\xb5\x2f\xfd", 4 },
        { "7z\xbc\xaf\x27\x1c", 6 },
        { "Rar!\x1a\x07", 6 },
    };

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (slice_starts(s, marks[i]))
            return true;
    }
    return false;
}

/*
 * One character more than the first: a banner "[EXTERNAL] ..." of a gateway is
 * no array.
 */
static bool is_json(struct slice s)
{
    struct slice next;

    if (s.len == 0 || (*s.ptr != '{' && *s.ptr != '['))
        return false;
    next = skip_blanks(slice_skip(s, 1));
    if (next.len == 0)
        return false;
    if (*s.ptr == '{')
        return *next.ptr == '"' || *next.ptr == '}';
    return *next.ptr == '{' || *next.ptr == '[' || *next.ptr == ']';
}

/* Tells whether the root of a DMARC report begins here, behind the "<". */
static bool is_root(struct slice s)
{
    size_t colon = slice_find(s, ':');

    if (colon < slice_find(s, '>') && colon < slice_find(s, ' '))
        s = slice_skip(s, colon + 1);
    return slice_starts_fold(s, SLICE("feedback"));
}

static bool has_root(struct slice s)
{
    if (s.len > XML_HEAD_BYTES)
        s.len = XML_HEAD_BYTES;
    while ((s = slice_skip(s, slice_find(s, '<'))).len > 0) {
        s = slice_skip(s, 1);
        if (is_root(slice_make(s.ptr, s.len < 64 ? s.len : 64)))
            return true;
    }
    return false;
}

static bool is_dmarc(struct slice s)
{
    return s.len > 0 && *s.ptr == '<' && has_root(s);
}

bool sniff_is_xml(struct slice text)
{
    text = skip_blanks(text);
    return (text.len > 0 && *text.ptr == '<') || has_root(text);
}

struct slice sniff_skip_mark(struct slice s)
{
    return slice_starts(s, SLICE("\xef\xbb\xbf")) ? slice_skip(s, 3) : s;
}

enum sniff_kind sniff_octets(struct slice octets)
{
    struct slice text = skip_blanks(sniff_skip_mark(octets));

    if (text.len == 0)
        return SNIFF_EMPTY;
    if (slice_starts(octets, SLICE("\x1f\x8b")))
        return SNIFF_GZIP;
    if (is_zip(octets))
        return SNIFF_ZIP;
    if (is_json(text))
        return SNIFF_JSON;
    if (utf16_has_mark(octets))
        return SNIFF_UTF16;
    if (is_zlib(octets))
        return SNIFF_ZLIB;
    if (is_packed(octets))
        return SNIFF_PACKED;
    return is_dmarc(text) ? SNIFF_DMARC : SNIFF_OTHER;
}
