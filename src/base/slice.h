/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Slice: a borrowed run of octets.
 *
 * Everything that comes from outside is a slice until it has been read: a
 * pointer and a length, never assumed to end with a NUL. A slice owns nothing;
 * it is valid as long as the buffer it points into.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
    const char *ptr; /* first octet; NULL only where len is 0 */
    size_t len;      /* octets */
};

/* A slice over a string literal, without a call to strlen. */
#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

/* Makes a slice over a NUL-terminated string; NULL gives the empty slice. */
static inline struct slice slice_of(const char *s)
{
    return (struct slice){ s, s ? strlen(s) : 0 };
}

/* Makes a slice over len octets at ptr. */
static inline struct slice slice_make(const void *ptr, size_t len)
{
    return (struct slice){ ptr, len };
}

/* Tells whether a and b hold the same octets. */
static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Tells whether s begins with the octets of prefix. */
static inline bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len &&
           (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

/* Returns s without its first n octets (all of them where n > s.len). */
static inline struct slice slice_skip(struct slice s, size_t n)
{
    if (n > s.len)
        n = s.len;
    return (struct slice){ n ? s.ptr + n : s.ptr, s.len - n };
}

/* Compares without regard to the case of ASCII letters. */
bool slice_equal_fold(struct slice a, struct slice b);

/* Tells whether s begins with prefix, without regard to ASCII case. */
bool slice_starts_fold(struct slice s, struct slice prefix);

/* Tells whether s ends with suffix, without regard to ASCII case. */
bool slice_ends_fold(struct slice s, struct slice suffix);

/* Returns s without blanks, tabs, CR and LF at both ends. */
struct slice slice_trim(struct slice s);

/*
 * Finds the first octet c.
 * Returns: its index, or s.len where there is none.
 */
size_t slice_find(struct slice s, char c);

/* Gives the first line of s with its LF, all of s where there is no LF. */
struct slice slice_line(struct slice s);

/*
 * Cuts *rest at the first c: gives what stands before it, all where there is
 * none, and leaves what stands behind it.
 */
struct slice slice_cut(struct slice *rest, char c);
