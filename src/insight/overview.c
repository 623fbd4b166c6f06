/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "base/domain.h"
#include "base/map.h"
#include "insight/insight.h"
#include "insight/recent.h"

/* What is known while the answer is made. */
struct making {
    struct store *store;
    struct store_range range;
    struct arena *arena;
    struct insight_overview *overview;
    struct map places; /* domain to its place in overview.domains */
    size_t *rooms;     /* of each domain, the days there is room for */
    size_t capacity;
    struct store_sums *recent; /* of each domain, what it is judged by */
    size_t current;            /* place of the domain whose days are coming */
};

/* Grows both arrays to twice their size in the arena. */
static int grow(struct making *making)
{
    struct insight_overview *overview = making->overview;
    size_t n = overview->n_domains;
    size_t capacity = making->capacity ? making->capacity * 2 : 64;
    struct insight_domain *domains =
        arena_calloc(making->arena, capacity, sizeof(*domains));
    size_t *rooms = arena_calloc(making->arena, capacity, sizeof(*rooms));

    if (!domains || !rooms)
        return -1;
    if (n) {
        memcpy(domains, overview->domains, n * sizeof(*domains));
        memcpy(rooms, making->rooms, n * sizeof(*rooms));
    }
    overview->domains = domains;
    making->rooms = rooms;
    making->capacity = capacity;
    return 0;
}

/* No more days than reports, nor than the range has. */
static size_t days_at_most(const struct store_group *group)
{
    size_t days;

    if (group->first_day == UTC_DAY_NONE)
        return 0;
    days = (size_t)((int64_t)group->last_day - group->first_day + 1);
    return days < (size_t)group->sums.reports ? days
                                              : (size_t)group->sums.reports;
}

static int fill_domain(struct making *making, size_t number,
                       const struct store_group *group)
{
    struct insight_domain *domain = &making->overview->domains[number];

    domain->domain = arena_copy(making->arena, slice_of(group->key));
    if (!domain->domain)
        return -1;
    domain->unicode = domain_unicode(making->arena, domain->domain);
    domain->sums = group->sums;
    domain->last_day = group->last_day;
    making->rooms[number] = days_at_most(group);
    domain->days = arena_calloc(making->arena, making->rooms[number] + 1,
                                sizeof(*domain->days));
    return domain->unicode && domain->days ? 0 : -1;
}

static int add_domain(void *context, const struct store_group *group,
                      struct err *err)
{
    struct making *making = context;
    size_t number = making->overview->n_domains;
    int64_t *place = map_put(&making->places, slice_of(group->key));

    if (!place || (number == making->capacity && grow(making)) ||
        fill_domain(making, number, group))
        return err_memory(err);
    *place = (int64_t)number;
    making->overview->n_domains++;
    return 0;
}

/* Days come domain by domain. */
static int add_day(void *context, const char *name, const struct store_day *day,
                   struct err *err)
{
    struct making *making = context;
    struct insight_domain *domains = making->overview->domains;
    struct insight_domain *domain;

    (void)err;
    if (making->overview->n_domains == 0)
        return 0;
    if (strcmp(domains[making->current].domain, name) != 0) {
        const int64_t *place = map_find(&making->places, slice_of(name));

        if (!place)
            return 0;
        making->current = (size_t)*place;
    }
    domain = &domains[making->current];
    if (domain->n_days < making->rooms[making->current])
        domain->days[domain->n_days++] = *day;
    return 0;
}

static int find_days(struct making *making, struct err *err)
{
    struct insight_overview *overview = making->overview;
    int64_t first = overview->totals.first_day;
    int64_t last = overview->totals.last_day;

    overview->block_days =
        last - first >= INSIGHT_DAILY_MAX ||
                (last - first) * (int64_t)overview->n_domains > INSIGHT_DAYS_MAX
            ? STORE_BLOCK_DAYS
            : 1;
    if (overview->block_days == 1)
        return store_each_day(making->store, "*", making->range, add_day,
                              making, err);
    return store_each_block(making->store, "*", making->range, add_day, making,
                            err);
}

/* ---- Each domain --------------------------------------------------------- */

struct worst {
    struct arena *arena;
    const char *key;
};

/* Groups come with most failures first. */
static int keep_first(void *context, const struct store_group *group,
                      struct err *err)
{
    struct worst *worst = context;

    worst->key = arena_copy(worst->arena, slice_of(group->key));
    return worst->key ? 1 : err_memory(err);
}

static int find_worst(struct making *making, const char *domain,
                      enum store_dimension dimension, const char **out_key,
                      struct err *err)
{
    struct worst worst = { making->arena, NULL };
    int status = store_each_group(making->store, dimension, domain,
                                  making->range, keep_first, &worst, err);

    *out_key = worst.key;
    return status < 0 ? -1 : 0;
}

static int find_worsts(struct making *making, struct err *err)
{
    struct insight_overview *overview = making->overview;

    for (size_t i = 0; i < overview->n_domains && i < INSIGHT_WORST_MAX; i++) {
        struct insight_domain *domain = &overview->domains[i];

        if (domain->sums.failures == 0)
            continue;
        if (find_worst(making, domain->domain, STORE_BY_RESULT_TYPE,
                       &domain->worst_result_type, err) ||
            find_worst(making, domain->domain, STORE_BY_MX, &domain->worst_mx,
                       err))
            return -1;
    }
    return 0;
}

static int keep_recent(void *context, const struct store_group *group,
                       struct err *err)
{
    struct making *making = context;
    const int64_t *place = map_find(&making->places, slice_of(group->key));

    (void)err;
    if (place)
        making->recent[*place] = group->sums;
    return 0;
}

/* The sums that domains are judged by. A range with an end has the same last
 * days for all, so that one breakdown gives them; else each has its own. */
static int find_recent(struct making *making, struct err *err)
{
    struct insight_overview *overview = making->overview;

    making->recent = arena_calloc(making->arena, overview->n_domains + 1,
                                  sizeof(*making->recent));
    if (!making->recent)
        return err_memory(err);
    if (making->range.to != UTC_DAY_NONE)
        return store_each_group(
            making->store, STORE_BY_DOMAIN, NULL,
            insight_recent_days(making->range, UTC_DAY_NONE), keep_recent,
            making, err);
    for (size_t i = 0; i < overview->n_domains; i++) {
        const struct insight_domain *domain = &overview->domains[i];
        struct store_filter filter = {
            .range = insight_recent_days(making->range, domain->last_day),
            .domain = domain->domain,
        };

        if (store_filter_sums(making->store, &filter, &making->recent[i], err))
            return -1;
    }
    return 0;
}

static int judge_all(struct making *making, struct err *err)
{
    struct insight_overview *overview = making->overview;

    if (find_recent(making, err))
        return -1;
    for (size_t i = 0; i < overview->n_domains; i++) {
        struct insight_domain *domain = &overview->domains[i];

        domain->verdict = insight_judge(making->recent[i].sessions,
                                        making->recent[i].failures);
        overview->n_by_state[domain->verdict.state]++;
    }
    return 0;
}

/* Trouble first, then what may become it, then what nobody knows. */
static int rank(enum insight_state state)
{
    static const int ranks[INSIGHT_STATE_COUNT] = {
        [INSIGHT_TROUBLE] = 0,
        [INSIGHT_WATCH] = 1,
        [INSIGHT_UNKNOWN] = 2,
        [INSIGHT_WELL] = 3,
    };

    return ranks[state];
}

static int compare(const void *a, const void *b)
{
    const struct insight_domain *left = a;
    const struct insight_domain *right = b;
    int order = rank(left->verdict.state) - rank(right->verdict.state);

    if (order)
        return order;
    if (left->sums.failures != right->sums.failures)
        return left->sums.failures > right->sums.failures ? -1 : 1;
    return strcmp(left->domain, right->domain);
}

/* ---- The sentence -------------------------------------------------------- */

static const char *trouble_sentence(struct arena *arena, size_t n_trouble,
                                    size_t n)
{
    if (n == 1)
        return arena_printf(arena, "Your domain needs you");
    return arena_printf(arena, "%zu of %zu domains need%s you", n_trouble, n,
                        n_trouble == 1 ? "s" : "");
}

static const char *watch_sentence(struct arena *arena, size_t n_watch, size_t n)
{
    if (n == 1)
        return arena_printf(arena, "Your domain does not need you, but is worth"
                                   " watching");
    return arena_printf(arena,
                        "No domain needs you; %zu of %zu %s worth watching",
                        n_watch, n, n_watch == 1 ? "is" : "are");
}

static const char *well_sentence(struct arena *arena, size_t n_well, size_t n,
                                 const char *last)
{
    if (n_well < n)
        return arena_printf(arena,
                            "%zu of %zu domain%s %s well, of the rest nobody"
                            " reported lately; last report %s",
                            n_well, n, n == 1 ? "" : "s",
                            n_well == 1 ? "is" : "are", last);
    if (n == 1)
        return arena_printf(arena, "Your domain is well; last report %s", last);
    return arena_printf(arena, "All %zu domains are well; last report %s", n,
                        last);
}

static const char *empty_sentence(struct arena *arena, const char *last)
{
    if (!*last)
        return "No report has come in yet";
    return arena_printf(arena, "No report in this range; the last one is of %s",
                        last);
}

static const char *make_sentence(const struct insight_overview *overview,
                                 struct arena *arena)
{
    size_t n = overview->n_domains;
    char last[UTC_DAY_BYTES];

    if (n == 0)
        return empty_sentence(arena,
                              utc_day_format(overview->all.last_day, last));
    if (overview->n_by_state[INSIGHT_TROUBLE])
        return trouble_sentence(arena, overview->n_by_state[INSIGHT_TROUBLE],
                                n);
    if (overview->n_by_state[INSIGHT_WATCH])
        return watch_sentence(arena, overview->n_by_state[INSIGHT_WATCH], n);
    if (overview->totals.last_day == UTC_DAY_NONE)
        return arena_printf(arena,
                            "%zu domain%s, and no report says of which"
                            " day it is",
                            n, n == 1 ? "" : "s");
    return well_sentence(arena, overview->n_by_state[INSIGHT_WELL], n,
                         utc_day_format(overview->totals.last_day, last));
}

static int make(struct making *making, struct err *err)
{
    const struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };
    struct insight_overview *overview = making->overview;

    if (store_totals(making->store, NULL, making->range, &overview->totals,
                     err) ||
        store_totals(making->store, NULL, all, &overview->all, err) ||
        store_each_group(making->store, STORE_BY_DOMAIN, NULL, making->range,
                         add_domain, making, err) ||
        find_days(making, err) || judge_all(making, err))
        return -1;
    if (overview->n_domains)
        qsort(overview->domains, overview->n_domains,
              sizeof(*overview->domains), compare);
    if (find_worsts(making, err))
        return -1;
    overview->sentence = make_sentence(overview, making->arena);
    return overview->sentence ? 0 : err_memory(err);
}

int insight_overview(struct store *store, struct store_range range,
                     struct arena *arena, struct insight_overview *out_overview,
                     struct err *err)
{
    struct insight_overview overview = { 0 };
    struct making making = {
        .store = store, .range = range, .arena = arena, .overview = &overview
    };
    int status;

    map_init(&making.places);
    status = make(&making, err);
    map_deinit(&making.places);
    if (status == 0)
        *out_overview = overview;
    return status;
}
