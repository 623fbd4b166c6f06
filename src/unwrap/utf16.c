/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unwrap/utf16.h"

#include "base/text.h"

enum { REPLACEMENT = 0xfffd };

struct source {
    const unsigned char *at;
    size_t n_units; /* whole 16-bit units left */
    unsigned high;  /* index of the more significant octet of a unit */
};

static unsigned unit(const struct source *s, size_t index)
{
    const unsigned char *p = s->at + 2 * index;

    return (unsigned)p[s->high] << 8 | p[1 - s->high];
}

static unsigned next(struct source *s)
{
    unsigned first = unit(s, 0), second;

    s->at += 2;
    s->n_units--;
    if (first < 0xd800 || first > 0xdfff)
        return first;
    if (first > 0xdbff || s->n_units == 0)
        return REPLACEMENT;
    second = unit(s, 0);
    if (second < 0xdc00 || second > 0xdfff)
        return REPLACEMENT;
    s->at += 2;
    s->n_units--;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

bool utf16_has_mark(struct slice octets)
{
    if (slice_starts(octets, slice_make("\xff\xfe\0\0", 4)))
        return false;
    return slice_starts(octets, SLICE("\xff\xfe")) ||
           slice_starts(octets, SLICE("\xfe\xff"));
}

void utf16_convert(struct slice text, struct buffer *out)
{
    struct source s = { .at = (const unsigned char *)text.ptr + 2,
                        .n_units = (text.len - 2) / 2,
                        .high = text.ptr[0] == '\xff' };

    while (s.n_units) {
        char octets[UTF16_MOST_BYTES];
        unsigned c = next(&s);

        if (c < 0x80)
            buffer_add_char(out, (char)c);
        else
            buffer_add(out, octets, text_encode_utf8(c, octets));
        if (out->failed)
            return;
    }
    if (text.len % 2)
        buffer_add(out, "\xef\xbf\xbd", 3);
}
