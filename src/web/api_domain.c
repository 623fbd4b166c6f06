/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"
#include "base/domain.h"
#include "insight/domain.h"
#include "insight/since.h"
#include "web/api_write.h"

/* The result types are written after all were given: who reports each is a
   question of its own. */
struct result_types {
    struct arena *arena;
    struct store_group *groups;
    size_t n_groups;
    size_t capacity;
};

static int keep_result_type(void *context, const struct store_group *group,
                            struct err *err)
{
    struct result_types *types = context;
    if (types->n_groups == types->capacity) {
        size_t capacity = types->capacity > 0 ? 2 * types->capacity : 16;
        struct store_group *groups =
            arena_calloc(types->arena, capacity, sizeof *groups);
        if (!groups)
            return err_memory(err);
        for (size_t i = 0; i < types->n_groups; i++)
            groups[i] = types->groups[i];
        types->groups = groups;
        types->capacity = capacity;
    }
    struct store_group *kept = &types->groups[types->n_groups++];
    *kept = *group;
    kept->key = arena_copy(types->arena, slice_of(group->key));
    return kept->key ? 0 : err_memory(err);
}

static int write_result_type(struct json_writer *writer,
                             const struct store_group *group,
                             const struct insight_since_days *days,
                             struct insight_domain_who *who, struct err *err)
{
    const struct advice *advice = advice_find(group->key, NULL);
    const char *since = insight_since_format(days, group->first_day,
                                             group->last_day, who->arena);
    const char *who_text;
    if (!since)
        return err_memory(err);
    if (insight_domain_who_format(who, group->key, &who_text, err) < 0)
        return -1;
    json_begin_object(writer);
    json_member_string(writer, "key", group->key);
    json_member_string(writer, "title", advice->title);
    json_member_int(writer, "failures", group->sums.failures);
    api_write_day(writer, "first_day", group->first_day);
    api_write_day(writer, "last_day", group->last_day);
    api_write_advice(writer, advice);
    json_member_string(writer, "since", since[0] != '\0' ? since : NULL);
    json_member_bool(writer, "is_open",
                     insight_since_is_open(days, group->last_day));
    json_member_string(writer, "who", who_text);
    json_end_object(writer);
    return 0;
}

static int write_result_types(struct json_writer *writer,
                              const struct api_call *call, const char *domain,
                              struct err *err)
{
    struct store_range range = call->request->filter.range;
    struct result_types types = { .arena = call->arena };
    struct insight_since_days days;
    struct insight_domain_who who;
    if (insight_since_find_days(call->store, domain, range, &days, err) < 0 ||
        store_each_group(call->store, STORE_BY_RESULT_TYPE, domain, range,
                         keep_result_type, &types, err) < 0 ||
        insight_domain_who_init(&who, call->store, domain, range, call->arena,
                                err) < 0)
        return -1;
    json_key(writer, "result_types");
    json_begin_array(writer);
    for (size_t i = 0; i < types.n_groups; i++)
        if (write_result_type(writer, &types.groups[i], &days, &who, err) < 0)
            return -1;
    json_end_array(writer);
    return 0;
}

static int write_mx(void *context, const struct store_group *group,
                    struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "mx", group->key);
    json_member_int(writer, "failures", group->sums.failures);
    api_write_day(writer, "first_day", group->first_day);
    api_write_day(writer, "last_day", group->last_day);
    json_end_object(writer);
    return 0;
}

static int write_policy_type(void *context, const struct store_group *group,
                             struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "type", group->key);
    json_member_int(writer, "reports", group->sums.reports);
    json_member_int(writer, "success_evaluations", group->success_evaluations);
    json_member_int(writer, "failure_evaluations", group->failure_evaluations);
    json_end_object(writer);
    return 0;
}

static int write_policy(void *context, const struct store_policy_seen *policy,
                        struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "type", policy->type);
    json_member_string(writer, "text", policy->policy_text);
    api_write_words(writer, "mx_hosts", policy->mx_hosts);
    api_write_day(writer, "first_day", policy->first_day);
    api_write_day(writer, "last_day", policy->last_day);
    json_member_int(writer, "success_evaluations", policy->success_evaluations);
    json_member_int(writer, "failure_evaluations", policy->failure_evaluations);
    json_end_object(writer);
    return 0;
}

static int write_breakdowns(struct json_writer *writer,
                            const struct api_call *call, const char *domain,
                            struct err *err)
{
    static const struct {
        const char *name;
        enum store_dimension dimension;
        store_group_function *function;
    } tables[] = {
        { "mx", STORE_BY_MX, write_mx },
        { "organizations", STORE_BY_ORGANIZATION, api_write_organization },
        { "policy_types", STORE_BY_POLICY_TYPE, write_policy_type },
    };
    if (write_result_types(writer, call, domain, err) < 0)
        return -1;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (api_write_groups(writer, tables[i].name, call, tables[i].dimension,
                             domain, tables[i].function, err) < 0)
            return -1;
    json_key(writer, "policies");
    json_begin_array(writer);
    if (store_each_policy(call->store, domain, call->request->filter.range,
                          write_policy, writer, err) < 0)
        return -1;
    json_end_array(writer);
    return 0;
}

static int write_domain(struct json_writer *writer, const struct api_call *call,
                        const struct insight_domain_facts *facts,
                        struct err *err)
{
    json_member_string(writer, "domain", facts->domain);
    json_member_string(writer, "unicode", facts->unicode);
    json_member_string(writer, "state",
                       insight_state_name(facts->verdict.state));
    json_member_bool(writer, "is_noise", facts->verdict.is_noise);
    api_write_share(writer, &facts->totals.sums);
    json_member_string(writer, "sentence", facts->sentence);
    json_key(writer, "totals");
    json_begin_object(writer);
    api_write_sums(writer, &facts->totals.sums);
    json_end_object(writer);
    api_write_day(writer, "first_day", facts->totals.first_day);
    api_write_day(writer, "last_day", facts->totals.last_day);
    if (api_write_days(writer, "days", call->store, facts->domain,
                       call->request->filter.range, err) < 0)
        return -1;
    return write_breakdowns(writer, call, facts->domain, err);
}

int api_domain(const struct api_call *call, struct api_answer *answer,
               struct err *err)
{
    struct insight_domain_facts facts;
    struct json_writer writer;
    const char *domain =
        domain_normalise(call->arena, slice_of(call->capture), NULL);
    if (!domain)
        return err_memory(err);
    int r =
        insight_domain_facts(call->store, domain, call->request->filter.range,
                             call->arena, &facts, err);
    if (r > 0) {
        err_set(err, ERR_INPUT, "no report was ever about this domain");
        return 404;
    }
    if (r < 0)
        return -1;
    api_write_begin(&writer, call, answer);
    if (write_domain(&writer, call, &facts, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}
