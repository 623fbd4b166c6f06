/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/list.h"

#include <stdlib.h>

enum {
    FIRST_ITEMS = 16,
    COPY_BYTES = 64 * 1024 /* up to here a copy is cheaper than a hand-over */
};

void list_init(struct list *list, size_t item_bytes)
{
    *list = (struct list){ .item_bytes = item_bytes };
}

void list_init_with(struct list *list, size_t item_bytes, void *room, size_t n)
{
    *list = (struct list){ .item_bytes = item_bytes,
                           .items = room,
                           .capacity = n,
                           .is_borrowed = true };
}

void list_deinit(struct list *list)
{
    if (!list)
        return;
    if (!list->is_borrowed)
        free(list->items);
    list_init(list, list->item_bytes);
}

static bool grow(struct list *list)
{
    size_t capacity = list->capacity ? list->capacity * 2 : FIRST_ITEMS;
    char *bigger = realloc(list->is_borrowed ? NULL : list->items,
                           capacity * list->item_bytes);

    if (!bigger)
        return false;
    if (list->is_borrowed)
        memcpy(bigger, list->items, list->n_items * list->item_bytes);
    list->items = bigger;
    list->capacity = capacity;
    list->is_borrowed = false;
    return true;
}

void *list_add(struct list *list, struct arena *arena)
{
    char *item;

    if ((list->n_items + 1) * list->item_bytes > arena_room(arena)) {
        arena->is_full = true;
        return NULL;
    }
    if (list->n_items == list->capacity && !grow(list))
        return NULL;
    item = list->items + list->n_items++ * list->item_bytes;
    memset(item, 0, list->item_bytes);
    return item;
}

/* Hands the whole heap memory over, cut to what is used. */
static void *hand_over(struct list *list, struct arena *arena, size_t bytes)
{
    void *items = realloc(list->items, bytes);

    if (!items)
        return NULL;
    list->items = items;
    list->capacity = list->n_items;
    if (arena_take(arena, items, bytes))
        return NULL;
    list->items = NULL;
    list->capacity = 0;
    return items;
}

void *list_move(struct list *list, struct arena *arena, size_t *out_n)
{
    size_t n = list->n_items;
    size_t bytes = n * list->item_bytes;
    void *items = NULL;

    *out_n = 0;
    if (n == 0)
        return NULL;
    if (bytes > COPY_BYTES && !list->is_borrowed) {
        items = hand_over(list, arena, bytes);
    } else {
        items = arena_alloc(arena, bytes);
        if (items)
            memcpy(items, list->items, bytes);
    }
    if (items) {
        *out_n = n;
        list->n_items = 0;
    }
    return items;
}
