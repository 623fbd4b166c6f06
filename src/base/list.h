/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * List: an array that grows while a document is read.
 *
 * Items are gathered in heap memory that is reused from list to list and then
 * moved to the document's arena: small ones are copied, large ones handed over
 * without a copy.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct list {
    char *items;       /* heap memory, owned, or lent */
    size_t n_items;    /* gathered */
    size_t capacity;   /* items that fit */
    size_t item_bytes; /* size of one */
    bool is_borrowed;  /* items are the caller's still */
};

/* Readies a list for items of item_bytes octets. Allocates nothing. */
void list_init(struct list *list, size_t item_bytes);

/*
 * As list_init, with room for the first n items lent by the caller until
 * list_deinit, so that short lists need no heap.
 */
void list_init_with(struct list *list, size_t item_bytes, void *room, size_t n);

/* Frees the heap memory. NULL is allowed. */
void list_deinit(struct list *list);

/*
 * Adds a cleared item, unless the list would outgrow what arena may still hold.
 * Returns: the item, valid until the next call; NULL when out of memory, see
 * arena_error.
 */
void *list_add(struct list *list, struct arena *arena);

/*
 * Moves all items to the arena and off the list. *out_n gets how many they are.
 * Returns: the items in the arena; NULL when out of memory, or where there is
 * none (with *out_n 0).
 */
void *list_move(struct list *list, struct arena *arena, size_t *out_n);
