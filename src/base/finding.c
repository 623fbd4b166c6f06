/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/finding.h"

#include "base/text.h"

void finding_list_init(struct finding_list *list, struct arena *arena)
{
    *list = (struct finding_list){ .arena = arena };
}

static bool grow(struct finding_list *list)
{
    size_t capacity = list->capacity ? list->capacity * 2 : 8;
    struct finding *items;

    items = arena_alloc(list->arena, capacity * sizeof(*items));
    if (!items)
        return false;
    if (list->n_items)
        memcpy(items, list->items, list->n_items * sizeof(*items));
    list->items = items;
    list->capacity = capacity;
    return true;
}

/* The first finding of a kind. What is met thousands of times is met early. */
static struct finding *first_of(const struct finding_list *list,
                                const struct finding_kind *kind)
{
    for (size_t i = 0; i < list->n_items; i++) {
        if (list->items[i].kind == kind)
            return &list->items[i];
    }
    return NULL;
}

bool finding_list_takes(struct finding_list *list,
                        const struct finding_kind *kind)
{
    struct finding *first = first_of(list, kind);

    if (!first || first->n_same < FINDING_KIND_MAX)
        return true;
    first->n_same++;
    list->n_dropped++;
    return false;
}

void finding_list_add(struct finding_list *list,
                      const struct finding_kind *kind, const char *where,
                      struct slice value)
{
    struct finding *first;
    const char *copy = NULL;

    if (!finding_list_takes(list, kind))
        return;
    if ((list->n_items == list->capacity && !grow(list)) ||
        (value.ptr &&
         !(copy = arena_copy(list->arena,
                             text_cut(value, FINDING_VALUE_BYTES))))) {
        list->n_dropped++;
        return;
    }
    first = first_of(list, kind);
    list->items[list->n_items++] = (struct finding){
        .kind = kind, .where = where, .value = copy, .n_same = first ? 0 : 1
    };
    if (first)
        first->n_same++;
}

const char *finding_severity_name(enum finding_severity severity)
{
    static const char *const names[FINDING_SEVERITY_COUNT] = {
        [FINDING_INFO] = "info",
        [FINDING_WARNING] = "warning",
        [FINDING_ERROR] = "error",
        [FINDING_CRITICAL] = "critical",
    };

    return names[severity];
}

const struct finding_kind *finding_kind_find(const struct finding_kind *table,
                                             size_t n, struct slice code)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_equal(slice_of(table[i].code), code))
            return &table[i];
    }
    return NULL;
}
