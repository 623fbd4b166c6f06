/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/worst.h"

struct worst {
    struct arena *arena;
    const char *key;
};

/* Groups come with most failures first. */
static int keep_first(void *context, const struct store_group *group,
                      struct err *err)
{
    struct worst *worst = context;

    if (group->sums.failures == 0)
        return 1;
    worst->key = arena_copy(worst->arena, slice_of(group->key));
    return worst->key ? 1 : err_memory(err);
}

int insight_worst_find(struct store *store, enum store_dimension dimension,
                       const char *domain, struct store_range range,
                       struct arena *arena, const char **out_key,
                       struct err *err)
{
    struct worst worst = { arena, NULL };
    int status = store_each_group(store, dimension, domain, range, keep_first,
                                  &worst, err);

    *out_key = worst.key;
    return status < 0 ? -1 : 0;
}
