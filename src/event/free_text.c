/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/free_text.h"

#include <stdbool.h>

#include "base/text.h"

/* Tells whether nothing has to be done: ASCII without controls, no blank at an
 * end. text.ptr[text.len] must be its NUL then. */
static bool is_clean(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < ' ' || text.ptr[i] > '~')
            return false;
    }
    return text.len && text.ptr[0] != ' ' && text.ptr[text.len - 1] != ' ';
}

static bool is_control(unsigned c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* RFC 7493 section 2.1 refers to them: code points that are no characters. */
static bool is_noncharacter(unsigned c)
{
    return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* Nothing grows: a noncharacter takes three octets or four, a replacement three. */
static size_t add_clean(char *out, struct slice text)
{
    size_t len = 0, bytes;

    for (; text.len; text = slice_skip(text, bytes)) {
        unsigned c = text_decode_utf8(text, &bytes);

        if (is_control(c)) {
            out[len++] = ' ';
        } else if (is_noncharacter(c)) {
            len += text_encode_utf8(0xfffd, out + len);
        } else {
            memcpy(out + len, text.ptr, bytes);
            len += bytes;
        }
    }
    return len;
}

int free_text_clean(struct arena *arena, struct slice text, size_t max_bytes,
                    const char **out)
{
    struct slice clean;
    char *copy;

    if (text.len <= max_bytes && is_clean(text) && !text.ptr[text.len]) {
        *out = text.ptr;
        return 0;
    }
    copy = arena_alloc(arena, text.len + 1);
    if (!copy)
        return -1;
    clean = slice_trim(slice_make(copy, add_clean(copy, text)));
    clean = slice_trim(text_cut(clean, max_bytes));
    copy[clean.ptr - copy + (ptrdiff_t)clean.len] = '\0';
    *out = clean.len ? clean.ptr : NULL;
    return 0;
}
