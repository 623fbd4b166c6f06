/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Place: where in a JSON text the reader stands.
 *
 * A chain of stack frames from the innermost member outwards; the JSON pointer
 * (RFC 6901) is only spelt out where a finding needs it. Only members that are
 * known have places, so that names are short and need no escaping.
 */

#include "base/arena.h"
#include "base/slice.h"

struct place {
    const struct place *up; /* the enclosing one, NULL at the root */
    struct slice name;      /* known member name; ptr NULL for an element */
    size_t index;           /* of an element */
};

/* The place of a member of the object at `up`. */
static inline struct place place_member(const struct place *up,
                                        struct slice name)
{
    return (struct place){ .up = up, .name = name };
}

/* The place of an element of the array at `up`. */
static inline struct place place_element(const struct place *up, size_t index)
{
    return (struct place){ .up = up, .index = index };
}

/*
 * Spells a place as JSON pointer; `place` NULL is the whole document.
 * Returns: text in the arena, "" for the whole document and when out of memory.
 * RFC: 6901.
 */
const char *place_format(const struct place *place, struct arena *arena);
