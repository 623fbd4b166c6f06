/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "record/uri.h"

#include "base/text.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

/* RFC 3986 section 2.3. */
static bool is_unreserved(char c)
{
    return is_letter(c) || is_digit(c) || is_one_of(c, "-._~");
}

/* Returns: octets of s that are unreserved, sub-delims, percent codes or of
 * `more`. */
static size_t span(struct slice s, const char *more)
{
    size_t i = 0;

    while (i < s.len) {
        char c = s.ptr[i];

        if (c == '%') {
            if (s.len - i < 3 || text_hex_value(s.ptr[i + 1]) < 0 ||
                text_hex_value(s.ptr[i + 2]) < 0)
                break;
            i += 3;
        } else if (is_unreserved(c) || is_one_of(c, "!$&'()*+,;=") ||
                   is_one_of(c, more)) {
            i++;
        } else {
            break;
        }
    }
    return i;
}

static struct slice take(struct slice *rest, size_t n)
{
    struct slice taken = slice_make(rest->ptr, n);

    *rest = slice_skip(*rest, n);
    return taken;
}

static bool take_scheme(struct slice *rest, struct uri *uri)
{
    size_t n = 0;

    if (rest->len && is_letter(*rest->ptr)) {
        while (n < rest->len &&
               (is_letter(rest->ptr[n]) || is_digit(rest->ptr[n]) ||
                is_one_of(rest->ptr[n], "+-.")))
            n++;
    }
    if (n == 0 || n == rest->len || rest->ptr[n] != ':')
        return false;
    uri->scheme = take(rest, n);
    *rest = slice_skip(*rest, 1);
    return true;
}

/* Octets of an IP literal with its brackets, 0 where there is none. Whether it
 * is an address is for who connects to it. */
static size_t literal(struct slice s)
{
    size_t n = 1;

    if (s.len == 0 || *s.ptr != '[')
        return 0;
    while (n < s.len &&
           (is_unreserved(s.ptr[n]) || is_one_of(s.ptr[n], "!$&'()*+,;=:")))
        n++;
    return n > 1 && n < s.len && s.ptr[n] == ']' ? n + 1 : 0;
}

static void take_port(struct slice *rest, struct uri *uri)
{
    size_t n = 0;

    if (rest->len == 0 || *rest->ptr != ':')
        return;
    *rest = slice_skip(*rest, 1);
    while (n < rest->len && is_digit(rest->ptr[n]))
        n++;
    uri->port = take(rest, n);
}

static void take_authority(struct slice *rest, struct uri *uri)
{
    size_t user = span(*rest, ":");
    size_t n;

    if (user < rest->len && rest->ptr[user] == '@') {
        uri->user = take(rest, user);
        *rest = slice_skip(*rest, 1);
    }
    n = literal(*rest);
    uri->host = take(rest, n ? n : span(*rest, ""));
    take_port(rest, uri);
}

int uri_parse(struct slice text, struct uri *out_uri, size_t *out_fault)
{
    struct uri uri = { .has_authority = false };
    struct slice rest = text;

    *out_fault = 0;
    if (!take_scheme(&rest, &uri))
        return 1;
    uri.has_authority = slice_starts(rest, SLICE("//"));
    if (uri.has_authority) {
        rest = slice_skip(rest, 2);
        take_authority(&rest, &uri);
    }
    uri.reference = rest;
    /* Behind an authority a path is empty or begins with a slash. */
    if (!uri.has_authority || (rest.len && *rest.ptr == '/'))
        uri.path = take(&rest, span(rest, ":@/"));
    else
        uri.path = take(&rest, 0);
    if (rest.len && *rest.ptr == '?') {
        rest = slice_skip(rest, 1);
        uri.query = take(&rest, span(rest, ":@/?"));
    }
    uri.reference.len -= rest.len;
    if (rest.len && *rest.ptr == '#') {
        rest = slice_skip(rest, 1);
        (void)take(&rest, span(rest, ":@/?"));
    }
    if (rest.len) {
        *out_fault = text.len - rest.len;
        return 1;
    }
    *out_uri = uri;
    return 0;
}

/* Takes an octet, or the one that a percent code stands for. */
static char take_octet(struct slice *rest, bool *out_is_code)
{
    char c = *rest->ptr;

    *out_is_code = c == '%' && rest->len >= 3;
    if (*out_is_code)
        c = (char)(unsigned char)(text_hex_value(rest->ptr[1]) * 16 +
                                  text_hex_value(rest->ptr[2]));
    *rest = slice_skip(*rest, *out_is_code ? 3 : 1);
    return c;
}

void uri_decode(struct slice part, struct buffer *buffer)
{
    bool is_code;

    while (part.len)
        buffer_add_char(buffer, take_octet(&part, &is_code));
}

void uri_encode(struct slice text, struct buffer *buffer)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (is_unreserved(c) || c == '+')
            buffer_add_char(buffer, c);
        else
            buffer_add_format(buffer, "%%%02X", (unsigned char)c);
    }
}

void uri_canonical(struct slice part, struct buffer *buffer)
{
    bool is_code;

    while (part.len) {
        char c = take_octet(&part, &is_code);

        if (is_code && !is_unreserved(c) && !is_one_of(c, ",!;"))
            buffer_add_format(buffer, "%%%02X", (unsigned char)c);
        else
            buffer_add_char(buffer, c);
    }
}
