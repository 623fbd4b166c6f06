/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdlib.h>

#include "base/domain.h"
#include "base/list.h"
#include "base/map.h"
#include "insight/insight.h"
#include "insight/recent.h"
#include "insight/worst.h"

/* What is known while the answer is made. */
struct making {
    struct store *store;
    const struct insight_question *question;
    struct arena *arena;
    struct insight_overview *overview;
    struct list list;          /* of domains, until all are known */
    struct map places;         /* domain to its place among them */
    struct store_sums *recent; /* of each domain, what it is judged by */
};

/* ---- Domains ------------------------------------------------------------- */

static int add_domain(void *context, const struct store_group *group,
                      struct err *err)
{
    struct making *making = context;
    int64_t *place = map_put(&making->places, slice_of(group->key));
    struct insight_domain *domain;

    if (!place)
        return err_memory(err);
    *place = (int64_t)making->list.n_items;
    domain = list_add(&making->list, making->arena);
    if (!domain)
        return err_memory(err);
    domain->domain = arena_copy(making->arena, slice_of(group->key));
    if (domain->domain)
        domain->unicode = domain_unicode(making->arena, domain->domain);
    domain->sums = group->sums;
    domain->last_day = group->last_day;
    return domain->unicode ? 0 : err_memory(err);
}

static int find_domains(struct making *making, struct err *err)
{
    struct insight_overview *overview = making->overview;

    if (store_each_group(making->store, STORE_BY_DOMAIN,
                         making->question->domain, making->question->range,
                         add_domain, making, err))
        return -1;
    if (making->list.n_items == 0)
        return 0;
    overview->domains =
        list_move(&making->list, making->arena, &overview->n_domains);
    return overview->domains ? 0 : err_memory(err);
}

/* ---- Verdicts ------------------------------------------------------------ */

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
    if (making->question->range.to != UTC_DAY_NONE)
        return store_each_group(
            making->store, STORE_BY_DOMAIN, making->question->domain,
            insight_recent_days(making->question->range, UTC_DAY_NONE,
                                store_today(making->store)),
            keep_recent, making, err);
    for (size_t i = 0; i < overview->n_domains; i++) {
        const struct insight_domain *domain = &overview->domains[i];
        struct store_filter filter = {
            .range =
                insight_recent_days(making->question->range, domain->last_day,
                                    store_today(making->store)),
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

/* ---- Details ------------------------------------------------------------- */

struct spark {
    struct list list;
    struct arena *arena;
};

static int add_day(void *context, const struct store_day *day, struct err *err)
{
    struct spark *spark = context;
    struct store_day *kept = list_add(&spark->list, spark->arena);

    if (!kept)
        return err_memory(err);
    *kept = *day;
    return 0;
}

static int find_days(struct making *making, struct insight_domain *domain,
                     struct err *err)
{
    struct spark spark = { .arena = making->arena };
    int status;

    list_init(&spark.list, sizeof(struct store_day));
    status =
        store_each_day(making->store, domain->domain, making->question->range,
                       making->overview->block_days, add_day, &spark, err);
    if (status == 0 && spark.list.n_items) {
        domain->days = list_move(&spark.list, making->arena, &domain->n_days);
        if (!domain->days)
            status = err_memory(err);
    }
    list_deinit(&spark.list);
    return status;
}

static int find_worsts(struct making *making, struct insight_domain *domain,
                       struct err *err)
{
    if (domain->sums.failures == 0)
        return 0;
    if (insight_worst_find(making->store, STORE_BY_RESULT_TYPE, domain->domain,
                           making->question->range, making->arena,
                           &domain->worst_result_type, err))
        return -1;
    return insight_worst_find(making->store, STORE_BY_MX, domain->domain,
                              making->question->range, making->arena,
                              &domain->worst_mx, err);
}

/* The first in order of need tell more: it takes two questions each. */
static int find_details(struct making *making, struct err *err)
{
    struct insight_overview *overview = making->overview;
    int64_t first = overview->totals.first_day;
    int64_t last = overview->totals.last_day;

    overview->block_days =
        last - first >= INSIGHT_DAILY_MAX ? STORE_BLOCK_DAYS : 1;
    overview->n_detailed = making->question->n_detailed < overview->n_domains
                               ? making->question->n_detailed
                               : overview->n_domains;
    for (size_t i = 0; i < overview->n_detailed; i++) {
        if (find_days(making, &overview->domains[i], err) ||
            find_worsts(making, &overview->domains[i], err))
            return -1;
    }
    return 0;
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
    if (n == 1)
        return arena_printf(arena,
                            n_well ? "Your domain is well; last report %s"
                                   : "Nobody reported about your domain lately;"
                                     " last report %s",
                            last);
    if (n_well < n)
        return arena_printf(arena,
                            "%zu of %zu domains %s well, of the rest nobody"
                            " reported lately; last report %s",
                            n_well, n, n_well == 1 ? "is" : "are", last);
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
        return empty_sentence(
            arena, utc_day_format(overview->contents.totals.last_day, last));
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
    struct insight_overview *overview = making->overview;

    if (store_totals(making->store, making->question->domain,
                     making->question->range, &overview->totals, err) ||
        store_contents(making->store, &overview->contents, err) ||
        find_domains(making, err) || judge_all(making, err))
        return -1;
    if (overview->n_domains)
        qsort(overview->domains, overview->n_domains,
              sizeof(*overview->domains), compare);
    if (find_details(making, err))
        return -1;
    overview->sentence = make_sentence(overview, making->arena);
    return overview->sentence ? 0 : err_memory(err);
}

int insight_overview(struct store *store,
                     const struct insight_question *question,
                     struct arena *arena, struct insight_overview *out_overview,
                     struct err *err)
{
    struct insight_overview overview = { 0 };
    struct making making = { .store = store,
                             .question = question,
                             .arena = arena,
                             .overview = &overview };
    int status;

    map_init(&making.places);
    list_init(&making.list, sizeof(struct insight_domain));
    status = make(&making, err);
    list_deinit(&making.list);
    map_deinit(&making.places);
    if (status == 0)
        *out_overview = overview;
    return status;
}
