/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/refusals.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

enum { TEXT_MAX_BYTES = 64 * 1024 * 1024, KEY_MAX_BYTES = 4096 };

void refusals_init(struct refusals *refusals)
{
    *refusals = (struct refusals){ 0 };
    map_init(&refusals->map);
    arena_init(&refusals->arena, TEXT_MAX_BYTES);
}

void refusals_deinit(struct refusals *refusals)
{
    free(refusals->groups);
    map_deinit(&refusals->map);
    arena_deinit(&refusals->arena);
}

static void make_key(struct buffer *key, const char *reason)
{
    for (; *reason; reason++)
        if (*reason < '0' || *reason > '9')
            buffer_add_char(key, *reason);
}

/* Returns: the group of a reason, new or known; NULL when out of memory. */
static struct refusals_group *find_group(struct refusals *refusals,
                                         const char *reason)
{
    struct buffer key;
    int64_t *number;

    if (refusals->n_groups == refusals->capacity) {
        size_t capacity = refusals->capacity ? 2 * refusals->capacity : 16;
        void *grown =
            reallocarray(refusals->groups, capacity, sizeof(*refusals->groups));

        if (!grown)
            return NULL;
        refusals->groups = grown;
        refusals->capacity = capacity;
    }
    buffer_init(&key, KEY_MAX_BYTES);
    make_key(&key, reason);
    number = map_put(&refusals->map, buffer_slice(&key));
    buffer_deinit(&key);
    if (!number)
        return NULL;
    if (*number == 0) {
        *number = (int64_t)++refusals->n_groups;
        refusals->groups[*number - 1] = (struct refusals_group){ 0 };
    }
    return &refusals->groups[*number - 1];
}

void refusals_add(struct refusals *refusals, const char *label,
                  const char *reason)
{
    struct refusals_group *group = find_group(refusals, reason);

    if (!group)
        return;
    if (!group->reason) {
        group->reason = arena_copy(&refusals->arena, slice_of(reason));
        group->example = arena_copy(&refusals->arena, slice_of(label));
    }
    group->n_inputs++;
}

static int compare_groups(const void *a, const void *b)
{
    const struct refusals_group *left = a, *right = b;

    if (left->n_inputs != right->n_inputs)
        return left->n_inputs < right->n_inputs ? 1 : -1;
    return left->reason && right->reason ? strcmp(left->reason, right->reason)
                                         : 0;
}

void refusals_sort(struct refusals *refusals)
{
    if (refusals->n_groups)
        qsort(refusals->groups, refusals->n_groups, sizeof(*refusals->groups),
              compare_groups);
}
