/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/slice.h"

static char fold(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool slice_equal_fold(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (fold(a.ptr[i]) != fold(b.ptr[i]))
            return false;
    }
    return true;
}

bool slice_starts_fold(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len &&
           slice_equal_fold(slice_make(s.ptr, prefix.len), prefix);
}

bool slice_ends_fold(struct slice s, struct slice suffix)
{
    if (s.len < suffix.len)
        return false;
    return slice_equal_fold(slice_skip(s, s.len - suffix.len), suffix);
}

struct slice slice_trim(struct slice s)
{
    while (s.len && is_blank(s.ptr[0]))
        s = slice_skip(s, 1);
    while (s.len && is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

size_t slice_find(struct slice s, char c)
{
    const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

    return at ? (size_t)(at - s.ptr) : s.len;
}

struct slice slice_line(struct slice s)
{
    size_t len = slice_find(s, '\n');

    return slice_make(s.ptr, len < s.len ? len + 1 : len);
}

struct slice slice_cut(struct slice *rest, char c)
{
    size_t at = slice_find(*rest, c);
    struct slice head = slice_make(rest->ptr, at);

    *rest = slice_skip(*rest, at + 1);
    return head;
}
