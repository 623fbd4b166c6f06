/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

enum {
    FIRST_BLOCK_BYTES = 4096,      /* holds a usual report whole */
    MAX_BLOCK_BYTES = 1024 * 1024, /* growth doubles up to here */
    KEPT_BLOCK_BYTES = 64 * 1024,  /* a larger one is not kept for the next */
    ALIGNMENT = 16
};

struct arena_block {
    struct arena_block *older;
    size_t bytes; /* header included */
    _Alignas(16) char data[];
};

struct arena_taken {
    struct arena_taken *next;
    void *memory;
};

void arena_init(struct arena *arena, size_t max_bytes)
{
    *arena = (struct arena){ .max_bytes = max_bytes };
}

static void free_taken(struct arena *arena)
{
    for (struct arena_taken *t = arena->taken; t; t = t->next)
        free(t->memory);
    arena->taken = NULL;
}

void arena_deinit(struct arena *arena)
{
    if (!arena)
        return;
    free_taken(arena);
    while (arena->newest) {
        struct arena_block *block = arena->newest;

        arena->newest = block->older;
        free(block);
    }
    arena_init(arena, arena->max_bytes);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *first = arena->newest;

    free_taken(arena);
    while (first && first->older) {
        struct arena_block *older = first->older;

        free(first);
        first = older;
    }
    arena_init(arena, arena->max_bytes);
#ifndef ARENA_DEBUG
    if (first && first->bytes <= KEPT_BLOCK_BYTES) {
        arena->newest = first;
        arena->free_ptr = first->data;
        arena->free_bytes = first->bytes - sizeof(*first);
        arena->held_bytes = first->bytes;
        return;
    }
#endif
    free(first);
}

int arena_error(const struct arena *arena, struct err *err)
{
    if (!arena->is_full)
        return err_memory(err);
    return err_set(err, ERR_LIMIT,
                   "its many parts would take too much memory, over %zu KiB",
                   arena->max_bytes >> 10);
}

/* Blocks double with what is held, so that a big document takes few of them. */
static size_t block_size(const struct arena *arena, size_t bytes)
{
#ifdef ARENA_DEBUG
    size_t size = 0;
#else
    size_t size = arena->held_bytes;

    if (size < FIRST_BLOCK_BYTES)
        size = FIRST_BLOCK_BYTES;
    if (size > MAX_BLOCK_BYTES)
        size = MAX_BLOCK_BYTES;
#endif
    if (size > arena_room(arena))
        size = arena_room(arena);
    if (size < bytes + sizeof(struct arena_block))
        size = bytes + sizeof(struct arena_block);
    return size;
}

static void *grow(struct arena *arena, size_t bytes)
{
    struct arena_block *block;
    size_t size;

    size = bytes > SIZE_MAX / 2 ? SIZE_MAX : block_size(arena, bytes);
    if (size > arena_room(arena)) {
        arena->is_full = true;
        return NULL;
    }
    block = malloc(size);
    if (!block)
        return NULL;
    block->older = arena->newest;
    block->bytes = size;
    arena->newest = block;
    arena->held_bytes += size;
    arena->free_ptr = block->data + bytes;
    arena->free_bytes = size - sizeof(*block) - bytes;
    return block->data;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    void *result = arena->free_ptr;

    if (bytes > SIZE_MAX - ALIGNMENT)
        return grow(arena, bytes);
    bytes = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (bytes == 0)
        bytes = ALIGNMENT;
    if (bytes > arena->free_bytes)
        return grow(arena, bytes);
    arena->free_ptr += bytes;
    arena->free_bytes -= bytes;
    return result;
}

void *arena_calloc(struct arena *arena, size_t n, size_t bytes)
{
    size_t total;
    void *memory;

    if (__builtin_mul_overflow(n, bytes, &total))
        total = SIZE_MAX;
    memory = arena_alloc(arena, total);
    if (memory)
        memset(memory, 0, total);
    return memory;
}

char *arena_copy(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);

    if (!copy)
        return NULL;
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *text;
    int need;

    va_start(args, format);
    need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (need < 0)
        return NULL;
    text = arena_alloc(arena, (size_t)need + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)need + 1, format, args);
    va_end(args);
    return text;
}

int arena_take(struct arena *arena, void *memory, size_t bytes)
{
    struct arena_taken *taken = arena_alloc(arena, sizeof(*taken));

    if (!taken)
        return -1;
    if (bytes > arena_room(arena)) {
        arena->is_full = true;
        return -1;
    }
    taken->memory = memory;
    taken->next = arena->taken;
    arena->taken = taken;
    arena->held_bytes += bytes;
    return 0;
}
