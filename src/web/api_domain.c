/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/domain.h"
#include "insight/code.h"
#include "insight/domain.h"
#include "insight/fault.h"
#include "web/api_write.h"

static void write_fault(struct json_writer *writer,
                        const struct insight_fault *fault)
{
    json_begin_object(writer);
    json_member_string(writer, "key", fault->key);
    json_member_string(writer, "title", fault->advice->title);
    json_member_int(writer, "failures", fault->failures);
    json_member_day(writer, "first_day", fault->first_day);
    json_member_day(writer, "last_day", fault->last_day);
    insight_code_write_advice(writer, fault->advice, fault->look);
    json_member_string(writer, "since", fault->since);
    json_member_bool(writer, "is_open", fault->is_open);
    json_member_string(writer, "who", fault->who);
    json_end_object(writer);
}

static int write_faults(struct json_writer *writer, const struct api_call *call,
                        const char *domain, struct err *err)
{
    struct insight_fault *faults;
    size_t n;
    if (insight_faults_find(call->store, domain, call->request->filter.range,
                            call->arena, &faults, &n, err) < 0)
        return -1;
    json_key(writer, "result_types");
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        write_fault(writer, &faults[i]);
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
    json_member_day(writer, "first_day", group->first_day);
    json_member_day(writer, "last_day", group->last_day);
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
    json_member_day(writer, "first_day", policy->first_day);
    json_member_day(writer, "last_day", policy->last_day);
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
    if (write_faults(writer, call, domain, err) < 0)
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
    api_write_sums_of(writer, "totals", &facts->totals.sums);
    api_write_sums_of(writer, "unproven", &facts->totals.unproven);
    json_member_day(writer, "first_day", facts->totals.first_day);
    json_member_day(writer, "last_day", facts->totals.last_day);
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
    if (r)
        return r < 0 ? -1 : api_unknown_domain(err);
    api_write_begin(&writer, call, answer);
    if (write_domain(&writer, call, &facts, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}
