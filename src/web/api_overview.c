/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "advice/advice.h"
#include "insight/insight.h"
#include "web/api_write.h"

static void write_stored(struct json_writer *writer,
                         const struct store_contents *contents)
{
    const struct store_totals *all = &contents->totals;
    json_key(writer, "stored");
    json_begin_object(writer);
    json_member_int(writer, "reports", all->sums.reports);
    json_member_int(writer, "conflicts", all->conflicts);
    json_member_int(writer, "unproven", all->unproven.reports);
    json_member_int(writer, "unclaimed", all->unclaimed.reports);
    json_member_int(writer, "quarantined", contents->quarantined);
    json_member_int(writer, "domains", contents->domains);
    json_member_day(writer, "first_day", all->first_day);
    json_member_day(writer, "last_day", all->last_day);
    json_member_time(writer, "last_stored", contents->last_stored);
    json_end_object(writer);
}

/* A sparkline's days: [day, sessions, failures] each, for they are many; null
   where they were not asked for. */
static void write_spark(struct json_writer *writer,
                        const struct insight_domain *domain, bool is_detailed)
{
    json_key(writer, "days");
    if (!is_detailed) {
        json_null(writer);
        return;
    }
    json_begin_array(writer);
    for (size_t i = 0; i < domain->n_days; i++)
        api_write_spark_day(writer, domain->days[i].day, &domain->days[i].sums);
    json_end_array(writer);
}

static void write_domain(struct json_writer *writer,
                         const struct insight_domain *domain, bool is_detailed)
{
    const char *worst = domain->worst_result_type;
    json_begin_object(writer);
    json_member_string(writer, "domain", domain->domain);
    json_member_string(writer, "unicode", domain->unicode);
    json_member_string(writer, "state",
                       insight_state_name(domain->verdict.state));
    json_member_bool(writer, "is_noise", domain->verdict.is_noise);
    api_write_sums(writer, &domain->sums);
    api_write_share(writer, &domain->sums);
    json_member_day(writer, "last_day", domain->last_day);
    json_member_string(writer, "worst_result_type", worst);
    json_member_string(writer, "worst_title",
                       worst ? advice_find(worst, NULL)->title : NULL);
    json_member_string(writer, "worst_mx", domain->worst_mx);
    write_spark(writer, domain, is_detailed);
    json_end_object(writer);
}

static void write_domains(struct json_writer *writer,
                          const struct insight_overview *overview)
{
    json_key(writer, "domains");
    json_begin_array(writer);
    for (size_t i = 0; i < overview->n_domains; i++)
        write_domain(writer, &overview->domains[i], i < overview->n_detailed);
    json_end_array(writer);
}

static int write_breakdowns(struct json_writer *writer,
                            const struct api_call *call, struct err *err)
{
    if (api_write_groups(writer, "result_types", call, STORE_BY_RESULT_TYPE,
                         NULL, api_write_result_type, err) < 0)
        return -1;
    return api_write_groups(writer, "organizations", call,
                            STORE_BY_ORGANIZATION, NULL, api_write_organization,
                            err);
}

int api_overview(const struct api_call *call, struct api_answer *answer,
                 struct err *err)
{
    struct insight_overview overview;
    const struct insight_question question = {
        .range = call->request->filter.range,
        .n_detailed = call->request->all_details ? SIZE_MAX : INSIGHT_DETAILED,
    };
    struct json_writer writer;
    if (insight_overview(call->store, &question, call->arena, &overview, err) <
        0)
        return -1;
    api_write_begin(&writer, call, answer);
    json_member_string(&writer, "sentence", overview.sentence);
    write_stored(&writer, &overview.contents);
    api_write_sums_of(&writer, "totals", &overview.totals.sums);
    api_write_sums_of(&writer, "unproven", &overview.totals.unproven);
    api_write_states(&writer, overview.n_by_state);
    if (api_write_days(&writer, "days", call->store, NULL, question.range,
                       err) < 0)
        return -1;
    json_member_int(&writer, "block_days", overview.block_days);
    json_member_int(&writer, "detailed", (int64_t)overview.n_detailed);
    write_domains(&writer, &overview);
    if (write_breakdowns(&writer, call, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}
