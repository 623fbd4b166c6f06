/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/place.h"

enum {
    POINTER_BYTES = 1024, /* pointers are cut here: names come from strangers */
    POINTER_PIECES = 32   /* a report nests five levels; deeper is left out */
};

/* A pointer while it is spelt, on the stack: findings are many. */
struct spelling {
    size_t len;
    char text[POINTER_BYTES];
};

static void add_char(struct spelling *spelling, char c)
{
    if (spelling->len < sizeof(spelling->text))
        spelling->text[spelling->len++] = c;
}

static void add_index(struct spelling *spelling, size_t index)
{
    char digits[20];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + index % 10);
        index /= 10;
    } while (index);
    while (n)
        add_char(spelling, digits[--n]);
}

static void add_piece(struct spelling *spelling, const struct place *place)
{
    add_char(spelling, '/');
    if (!place->name.ptr)
        add_index(spelling, place->index);
    for (size_t i = 0; place->name.ptr && i < place->name.len; i++) {
        char c = place->name.ptr[i];

        if (c == '~' || c == '/')
            add_char(spelling, '~');
        add_char(spelling, c == '~' ? '0' : c == '/' ? '1' : c);
    }
}

const char *place_format(const struct place *place, struct arena *arena)
{
    const struct place *pieces[POINTER_PIECES];
    struct spelling spelling;
    const char *text;
    size_t n = 0;

    for (; place && n < POINTER_PIECES; place = place->up)
        pieces[n++] = place;
    spelling.len = 0;
    while (n)
        add_piece(&spelling, pieces[--n]);
    text = arena_copy(arena, slice_make(spelling.text, spelling.len));
    return text ? text : "";
}
