/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/fault.h"

#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "insight/domain.h"
#include "insight/since.h"

enum { LOOK_BYTES = 4096 };

/* What is known while the answer is made. */
struct making {
    struct store *store;
    const char *domain;
    struct store_range range;
    struct arena *arena;
    struct list list;  /* struct insight_fault */
    struct map places; /* key to place in faults, from 1 */
    struct insight_fault *faults;
    size_t n;
    struct insight_since_days days;
};

static int add_fault(void *context, const struct store_group *group,
                     struct err *err)
{
    struct making *making = context;
    struct insight_fault *fault = list_add(&making->list, making->arena);
    int64_t *place = map_put(&making->places, slice_of(group->key));

    if (!fault || !place)
        return err_memory(err);
    *place = (int64_t)making->list.n_items;
    fault->key = arena_copy(making->arena, slice_of(group->key));
    fault->failures = group->sums.failures;
    fault->first_day = group->first_day;
    fault->last_day = group->last_day;
    if (!fault->key)
        return err_memory(err);
    fault->advice = advice_find(fault->key, NULL);
    return 0;
}

/* The same result type over everything stored: since when. */
static int add_since(void *context, const struct store_group *group,
                     struct err *err)
{
    struct making *making = context;
    const int64_t *place = map_find(&making->places, slice_of(group->key));
    struct insight_fault *fault;

    if (!place)
        return 0;
    fault = &making->faults[*place - 1];
    fault->is_open = insight_since_is_open(&making->days, group->last_day);
    fault->since = insight_since_format(&making->days, group->first_day,
                                        group->last_day, making->arena);
    if (!fault->since)
        return err_memory(err);
    if (fault->since[0] == '\0')
        fault->since = NULL;
    return 0;
}

static int find_since(struct making *making, struct err *err)
{
    const struct store_range past = { UTC_DAY_NONE,
                                      store_today(making->store) };

    if (insight_since_find_days(making->store, making->domain, &making->days,
                                err))
        return -1;
    return store_each_group(making->store, STORE_BY_RESULT_TYPE, making->domain,
                            past, add_since, making, err);
}

int insight_fault_look(const struct advice *advice, const char *domain,
                       const char *mx, struct arena *arena,
                       const char **out_look, struct err *err)
{
    const struct advice_failure failure = { .domain = domain, .mx = mx };
    struct buffer buffer;

    buffer_init(&buffer, LOOK_BYTES);
    advice_add_look(&buffer, advice, &failure);
    *out_look = buffer.failed ? NULL : arena_copy(arena, buffer_slice(&buffer));
    buffer_deinit(&buffer);
    return *out_look ? 0 : err_memory(err);
}

/* Only commands that name a host are worth a question for it. */
static int find_mx(struct making *making, const struct insight_fault *fault,
                   const char **out_mx, struct err *err)
{
    *out_mx = NULL;
    if (!strstr(fault->advice->look, "MX"))
        return 0;
    return store_find_worst_mx(making->store, making->domain, making->range,
                               fault->key, making->arena, out_mx, err);
}

/* Asks what the first of them are worth a question for. */
static int ask(struct making *making, struct insight_domain_who *who,
               size_t number, struct err *err)
{
    struct insight_fault *fault = &making->faults[number];
    const char *mx = NULL;

    if (number < INSIGHT_FAULTS_ASKED &&
        (insight_domain_who_format(who, fault->key, &fault->who, err) ||
         find_mx(making, fault, &mx, err)))
        return -1;
    return insight_fault_look(fault->advice, making->domain, mx, making->arena,
                              &fault->look, err);
}

static int ask_all(struct making *making, struct err *err)
{
    struct insight_domain_who who;

    if (insight_domain_who_init(&who, making->store, making->domain,
                                making->range, making->arena, err))
        return -1;
    for (size_t i = 0; i < making->n; i++) {
        if (ask(making, &who, i, err))
            return -1;
    }
    return 0;
}

static int make(struct making *making, struct err *err)
{
    if (store_each_group(making->store, STORE_BY_RESULT_TYPE, making->domain,
                         making->range, add_fault, making, err))
        return -1;
    if (making->list.n_items == 0)
        return 0;
    making->faults = list_move(&making->list, making->arena, &making->n);
    if (!making->faults)
        return err_memory(err);
    return find_since(making, err) || ask_all(making, err) ? -1 : 0;
}

int insight_faults_find(struct store *store, const char *domain,
                        struct store_range range, struct arena *arena,
                        struct insight_fault **out_faults, size_t *out_n,
                        struct err *err)
{
    struct making making = {
        .store = store, .domain = domain, .range = range, .arena = arena
    };
    int status;

    list_init(&making.list, sizeof(*making.faults));
    map_init(&making.places);
    status = make(&making, err);
    map_deinit(&making.places);
    list_deinit(&making.list);
    if (status)
        return -1;
    *out_faults = making.faults;
    *out_n = making.n;
    return 0;
}
