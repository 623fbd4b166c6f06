/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/place.h"

#include "base/buffer.h"

enum {
    POINTER_BYTES = 1024, /* pointers are cut here: names come from strangers */
    POINTER_PIECES = 32   /* a report nests five levels; deeper is left out */
};

static void add_piece(struct buffer *buffer, const struct place *place)
{
    if (!place->name.ptr) {
        buffer_add_format(buffer, "/%zu", place->index);
        return;
    }
    buffer_add_char(buffer, '/');
    for (size_t i = 0; i < place->name.len; i++) {
        char c = place->name.ptr[i];

        if (c == '~' || c == '/')
            buffer_add_format(buffer, "~%c", c == '~' ? '0' : '1');
        else
            buffer_add_char(buffer, c);
    }
}

const char *place_format(const struct place *place, struct arena *arena)
{
    const struct place *pieces[POINTER_PIECES];
    struct buffer buffer;
    const char *text;
    size_t n = 0;

    for (; place && n < POINTER_PIECES; place = place->up)
        pieces[n++] = place;
    buffer_init(&buffer, POINTER_BYTES);
    while (n)
        add_piece(&buffer, pieces[--n]);
    text = arena_copy(arena, buffer_slice(&buffer));
    buffer_deinit(&buffer);
    return text ? text : "";
}
