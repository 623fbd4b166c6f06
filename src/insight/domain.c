/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/domain.h"

#include <inttypes.h>

#include "advice/advice.h"
#include "base/domain.h"
#include "insight/worst.h"

/* One reporter with failures. */
struct insight_domain_reporter {
    const char *key;
    const char *label;
    int64_t sessions;
};

/* "in the 7 days up to 2026-11-21"; the range need not end today. */
static const char *when(struct arena *arena, struct store_range days)
{
    char last[UTC_DAY_BYTES];
    if (days.to == UTC_DAY_NONE)
        return "at an unknown time";
    utc_day_format(days.to, last);
    if (days.from == days.to)
        return arena_printf(arena, "on %s", last);
    return arena_printf(arena, "in the %d days up to %s",
                        days.to - days.from + 1, last);
}

static const char *failed_sentence(struct arena *arena,
                                   const struct store_sums *sums,
                                   const char *when_text, const char *worst,
                                   const char *end)
{
    return arena_printf(
        arena, "%" PRId64 " of %" PRId64 " session%s failed %s%s%s%s%s",
        sums->failures, sums->sessions, sums->sessions == 1 ? "" : "s",
        when_text, worst ? ", most often: " : "", worst ? worst : "",
        end[0] != '\0' ? "; " : "", end);
}

static const char *well_sentence(struct arena *arena,
                                 const struct store_sums *sums,
                                 const char *when_text)
{
    if (sums->sessions == 1)
        return arena_printf(arena, "The one session %s succeeded", when_text);
    return arena_printf(arena, "All %" PRId64 " sessions %s succeeded",
                        sums->sessions, when_text);
}

static const char *make_sentence(struct arena *arena,
                                 const struct insight_verdict *verdict,
                                 const struct store_sums *sums,
                                 const char *when_text, const char *worst)
{
    switch (verdict->state) {
    case INSIGHT_WELL:
        return verdict->is_noise
                   ? failed_sentence(arena, sums, when_text, NULL,
                                     "so few among so many are noise")
                   : well_sentence(arena, sums, when_text);
    case INSIGHT_WATCH:
        return failed_sentence(arena, sums, when_text, worst, "");
    case INSIGHT_TROUBLE:
        return failed_sentence(arena, sums, when_text, worst, "this needs you");
    case INSIGHT_UNKNOWN:
    case INSIGHT_STATE_COUNT: break;
    }
    return arena_printf(arena, "Nobody reported sessions %s", when_text);
}

static int judge(struct store *store, struct store_range range,
                 struct arena *arena, struct insight_domain_facts *facts,
                 struct err *err)
{
    struct store_range days =
        insight_recent_days(range, facts->totals.last_day, store_today(store));
    struct store_totals recent;
    const char *when_text = when(arena, days);
    const char *worst;
    if (!when_text)
        return err_memory(err);
    if (store_totals(store, facts->domain, days, &recent, err) < 0 ||
        insight_worst_find(store, STORE_BY_RESULT_TYPE, facts->domain, days,
                           arena, &worst, err) < 0)
        return -1;
    facts->verdict = insight_judge(recent.sums.sessions, recent.sums.failures);
    facts->sentence =
        make_sentence(arena, &facts->verdict, &recent.sums, when_text,
                      worst ? advice_find(worst, NULL)->title : NULL);
    return facts->sentence ? 0 : err_memory(err);
}

int insight_domain_facts(struct store *store, const char *domain,
                         struct store_range range, struct arena *arena,
                         struct insight_domain_facts *out_facts,
                         struct err *err)
{
    const struct store_range all = { UTC_DAY_NONE, UTC_DAY_NONE };
    struct insight_domain_facts facts = { .domain = domain };
    if (store_totals(store, domain, all, &facts.totals, err) < 0)
        return -1;
    if (facts.totals.sums.reports == 0)
        return 1;
    facts.unicode = domain_unicode(arena, domain);
    if (!facts.unicode)
        return err_memory(err);
    if (store_totals(store, domain, range, &facts.totals, err) < 0 ||
        judge(store, range, arena, &facts, err) < 0)
        return -1;
    *out_facts = facts;
    return 0;
}

static int add_reporter(void *context, const struct store_group *group,
                        struct err *err)
{
    struct insight_domain_who *who = context;
    if (group->sums.sessions == 0)
        return 0;
    who->n_reporters++;
    who->sessions += group->sums.sessions;
    if (group->sums.failures == 0 ||
        ++who->n_failing > INSIGHT_DOMAIN_MAX_REPORTERS)
        return 0;
    struct insight_domain_reporter *reporter =
        &who->reporters[who->n_failing - 1];
    reporter->key = arena_copy(who->arena, slice_of(group->key));
    reporter->label = arena_copy(who->arena, slice_of(group->label));
    reporter->sessions = group->sums.sessions;
    return reporter->key && reporter->label ? 0 : err_memory(err);
}

int insight_domain_who_init(struct insight_domain_who *who, struct store *store,
                            const char *domain, struct store_range range,
                            struct arena *arena, struct err *err)
{
    *who = (struct insight_domain_who){
        .store = store, .arena = arena, .domain = domain, .range = range
    };
    who->reporters = arena_calloc(arena, INSIGHT_DOMAIN_MAX_REPORTERS,
                                  sizeof *who->reporters);
    if (!who->reporters)
        return err_memory(err);
    return store_each_group(store, STORE_BY_ORGANIZATION, domain, range,
                            add_reporter, who, err);
}

/* Those who report a result type. */
struct sayers {
    const char *label; /* of the first */
    size_t n;
    int64_t sessions; /* all that they saw */
};

static int find_sayers(struct insight_domain_who *who, const char *result_type,
                       struct sayers *out_sayers, struct err *err)
{
    struct sayers sayers = { .n = 0 };
    for (size_t i = 0; i < who->n_failing; i++) {
        const struct insight_domain_reporter *reporter = &who->reporters[i];
        const struct store_filter filter = { .range = who->range,
                                             .domain = who->domain,
                                             .organization = reporter->key,
                                             .result_type = result_type };
        struct store_sums sums;
        if (store_filter_sums(who->store, &filter, &sums, err) < 0)
            return -1;
        if (sums.failures == 0)
            continue;
        if (sayers.n++ == 0)
            sayers.label = reporter->label;
        sayers.sessions += reporter->sessions;
    }
    *out_sayers = sayers;
    return 0;
}

static const char *one_sentence(struct arena *arena, const char *label,
                                size_t n_others, int64_t sessions)
{
    if (n_others == 0)
        return arena_printf(arena,
                            "%s reports this, and nobody else reports about "
                            "the domain.",
                            label);
    return arena_printf(arena,
                        "Only %s reports this; %zu other reporter%s with "
                        "%" PRId64 " session%s %s not.",
                        label, n_others, n_others == 1 ? "" : "s", sessions,
                        sessions == 1 ? "" : "s",
                        n_others == 1 ? "does" : "do");
}

int insight_domain_who_format(struct insight_domain_who *who,
                              const char *result_type, const char **out_text,
                              struct err *err)
{
    struct sayers sayers;
    *out_text = NULL;
    if (who->n_failing > INSIGHT_DOMAIN_MAX_REPORTERS)
        return 0;
    if (find_sayers(who, result_type, &sayers, err) < 0)
        return -1;
    size_t n_others = who->n_reporters - sayers.n;
    if (sayers.n == 0)
        return 0;
    if (sayers.n == 1)
        *out_text = one_sentence(who->arena, sayers.label, n_others,
                                 who->sessions - sayers.sessions);
    else if (n_others == 0)
        *out_text = arena_printf(who->arena, "All %zu reporters report this.",
                                 sayers.n);
    else
        *out_text =
            arena_printf(who->arena, "%zu of %zu reporters report this.",
                         sayers.n, who->n_reporters);
    return *out_text ? 0 : err_memory(err);
}
