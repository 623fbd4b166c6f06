/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Arena: one lifetime for many small objects.
 *
 * One arena a document, request or probe: values and their strings live in it
 * and die in one call. Workload: a report of 1 KB takes one block of 4 KB; a
 * report of 50,000 failure details some MB. An arena has a maximum, because
 * what fills it comes from strangers. With ARENA_DEBUG defined every object is
 * a malloc of its own, so that a sanitizer sees each overrun.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct arena_block;
struct arena_taken;
struct err;

struct arena {
    struct arena_block *newest; /* the block that is being filled */
    char *free_ptr;             /* next free octet in it */
    size_t free_bytes;          /* what is left in it */
    struct arena_taken *taken;  /* heap memory taken over */
    size_t held_bytes;          /* all of it together */
    size_t max_bytes;           /* held_bytes does not grow beyond */
    bool is_full;               /* the maximum was the reason of a failure */
};

/* Readies an arena that may hold at most max_bytes. Allocates nothing. */
void arena_init(struct arena *arena, size_t max_bytes);

/* Frees everything; the arena may be used again. NULL is allowed. */
void arena_deinit(struct arena *arena);

/*
 * Forgets everything but keeps the first block, unless it is a large one, for
 * the next document. All pointers into the arena become invalid.
 */
void arena_reset(struct arena *arena);

/* What the arena may still take from the heap, in octets. */
static inline size_t arena_room(const struct arena *arena)
{
    return arena->max_bytes > arena->held_bytes
               ? arena->max_bytes - arena->held_bytes
               : 0;
}

/*
 * Fills err for an allocation in the arena that failed: ERR_LIMIT where its
 * maximum was the reason, which is the fault of what fills it, else ERR_MEMORY.
 * Returns: -1.
 */
int arena_error(const struct arena *arena, struct err *err);

/*
 * Gives `bytes` octets, aligned for any type, not cleared.
 * Returns: the memory, or NULL when out of memory or over the maximum.
 */
void *arena_alloc(struct arena *arena, size_t bytes);

/* As arena_alloc, for n objects of `bytes` octets, cleared, product checked. */
void *arena_calloc(struct arena *arena, size_t n, size_t bytes);

/*
 * Copies s with a NUL behind it.
 * Returns: the copy, or NULL when out of memory.
 */
char *arena_copy(struct arena *arena, struct slice s);

/* Formats into the arena. Returns: the text, or NULL when out of memory. */
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *arena,
                                                         const char *format,
                                                         ...);

/*
 * Takes over memory from malloc, so that an array grown by realloc need not be
 * copied; it is freed with the arena. The bytes count against the maximum.
 * Returns: 0; -1 when over the maximum or out of memory, memory then stays the
 * caller's.
 */
int arena_take(struct arena *arena, void *memory, size_t bytes);
