/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/place.h"

/* Writes a piece so that it ends before `end`. Returns: where it begins. */
static char *put_piece(const struct place *place, char *end)
{
    size_t index = place->index;

    if (place->name.ptr) {
        end -= place->name.len;
        memcpy(end, place->name.ptr, place->name.len);
    } else {
        do {
            *--end = (char)('0' + index % 10);
            index /= 10;
        } while (index);
    }
    *--end = '/';
    return end;
}

static size_t piece_len(const struct place *place)
{
    size_t n = 2;

    if (place->name.ptr)
        return 1 + place->name.len;
    for (size_t index = place->index; index >= 10; index /= 10)
        n++;
    return n;
}

const char *place_format(const struct place *place, struct arena *arena)
{
    size_t len = 0;
    char *text, *at;

    for (const struct place *p = place; p; p = p->up)
        len += piece_len(p);
    text = arena_alloc(arena, len + 1);
    if (!text)
        return "";
    at = text + len;
    *at = '\0';
    for (const struct place *p = place; p; p = p->up)
        at = put_piece(p, at);
    return text;
}
