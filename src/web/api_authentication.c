/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/domain.h"
#include "insight/authentication.h"
#include "web/api_write.h"

/* ---- Breakdowns ---------------------------------------------------------- */

/* One line of a breakdown on its way. */
struct lines {
    struct json_writer *writer;
    const char *domain; /* NULL: all */
};

static int write_organization(void *context,
                              const struct store_dmarc_group *group,
                              struct err *err)
{
    struct json_writer *writer = ((struct lines *)context)->writer;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "key", group->key);
    json_member_string(writer, "label", group->label);
    api_write_messages(writer, &group->sums);
    json_member_day(writer, "last_day", group->last_day);
    json_end_object(writer);
    return 0;
}

static int write_source(void *context, const struct store_dmarc_group *group,
                        struct err *err)
{
    struct json_writer *writer = ((struct lines *)context)->writer;
    enum dmarc_case which = insight_mailer_case(&group->sums);
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "source", group->key);
    api_write_case(writer, which);
    api_write_messages(writer, &group->sums);
    json_member_day(writer, "first_day", group->first_day);
    json_member_day(writer, "last_day", group->last_day);
    json_end_object(writer);
    return 0;
}

static void write_row(struct json_writer *writer,
                      const struct insight_authentication_row *row)
{
    json_begin_object(writer);
    json_member_string(writer, "domain", row->domain);
    json_member_string(writer, "unicode", row->unicode);
    json_member_string(writer, "state", insight_state_name(row->verdict.state));
    api_write_messages(writer, &row->sums);
    json_member_day(writer, "last_day", row->last_day);
    json_end_object(writer);
}

static int write_rows(const struct api_call *call, struct json_writer *writer,
                      struct err *err)
{
    struct insight_authentication_row *rows;
    size_t n;
    if (insight_authentication_rows(call->store, NULL,
                                    call->request->filter.range, call->arena,
                                    &rows, &n, err) < 0)
        return -1;
    json_key(writer, "domains");
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        write_row(writer, &rows[i]);
    json_end_array(writer);
    return 0;
}

/* A member with the first lines of a breakdown. limit: 0 = all. */
static int write_groups(const char *name, const struct api_call *call,
                        enum store_dmarc_dimension dimension,
                        struct lines *lines, size_t limit,
                        store_dmarc_group_function *function, size_t *out_n,
                        struct err *err)
{
    const struct store_dmarc_breakdown breakdown = {
        dimension, lines->domain, call->request->filter.range, limit
    };
    json_key(lines->writer, name);
    json_begin_array(lines->writer);
    if (store_dmarc_each_group(call->store, &breakdown, function, lines, out_n,
                               err) < 0)
        return -1;
    json_end_array(lines->writer);
    return 0;
}

static int write_day(void *context, const struct store_dmarc_day *day,
                     struct err *err)
{
    struct json_writer *writer = ((struct lines *)context)->writer;
    (void)err;
    json_begin_object(writer);
    json_member_day(writer, "day", day->day);
    api_write_messages(writer, &day->sums);
    json_end_object(writer);
    return 0;
}

static int write_days(const struct api_call *call, struct lines *lines,
                      struct err *err)
{
    json_key(lines->writer, "days");
    json_begin_array(lines->writer);
    if (store_dmarc_each_day(call->store, lines->domain,
                             call->request->filter.range, 1, write_day, lines,
                             err) < 0)
        return -1;
    json_end_array(lines->writer);
    return 0;
}

static void write_totals(struct json_writer *writer,
                         const struct store_dmarc_totals *totals)
{
    json_key(writer, "totals");
    json_begin_object(writer);
    api_write_messages(writer, &totals->sums);
    json_end_object(writer);
    json_key(writer, "aside");
    json_begin_object(writer);
    for (int i = STORE_COUNTED + 1; i < STORE_STANDING_COUNT; i++)
        json_member_int(writer, store_standing_name((enum store_standing)i),
                        totals->aside[i]);
    json_end_object(writer);
    json_member_day(writer, "first_day", totals->first_day);
    json_member_day(writer, "last_day", totals->last_day);
}

/* ---- All domains --------------------------------------------------------- */

int api_authentication(const struct api_call *call, struct api_answer *answer,
                       struct err *err)
{
    struct store_dmarc_totals totals;
    struct json_writer writer;
    struct lines lines = { .writer = &writer };
    if (store_dmarc_totals(call->store, NULL, call->request->filter.range,
                           &totals, err) < 0)
        return -1;
    api_write_begin(&writer, call, answer);
    write_totals(&writer, &totals);
    if (write_days(call, &lines, err) < 0 ||
        write_rows(call, &writer, err) < 0 ||
        write_groups("organizations", call, STORE_DMARC_BY_ORGANIZATION, &lines,
                     0, write_organization, NULL, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}

/* ---- One domain ---------------------------------------------------------- */

static void write_mailer(struct json_writer *writer,
                         const struct insight_mailer *mailer)
{
    json_begin_object(writer);
    json_member_string(writer, "sender", mailer->sender);
    json_member_string(writer, "name", mailer->name);
    json_member_string(writer, "kind", insight_mailer_kind_name(mailer->kind));
    api_write_case(writer, mailer->which);
    api_write_messages(writer, &mailer->sums);
    json_member_int(writer, "failing", mailer->failing);
    json_member_day(writer, "first_day", mailer->first_day);
    json_member_day(writer, "last_day", mailer->last_day);
    json_end_object(writer);
}

static void write_steps(struct json_writer *writer,
                        const struct insight_authentication *found)
{
    json_key(writer, "steps");
    json_begin_array(writer);
    for (size_t i = 0; i < found->n_steps; i++) {
        json_begin_object(writer);
        json_member_string(writer, "title", found->steps[i].title);
        json_member_string(writer, "text", found->steps[i].text);
        json_member_string(writer, "sender", found->steps[i].sender);
        json_member_int(writer, "messages", found->steps[i].messages);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_verdict(struct json_writer *writer,
                          const struct insight_authentication *found)
{
    json_member_string(writer, "domain", found->domain);
    json_member_string(writer, "unicode", found->unicode);
    json_member_string(writer, "state",
                       insight_state_name(found->verdict.state));
    json_member_bool(writer, "is_noise", found->verdict.is_noise);
    api_write_reports_ever(writer, found->reports_ever,
                           found->tls_reports_ever);
    json_member_string(writer, "sentence", found->sentence);
    write_totals(writer, &found->totals);
    json_member_int(writer, "failing", found->failing);
    json_member_string(writer, "policy", found->policy);
    write_steps(writer, found);
    json_key(writer, "senders");
    json_begin_array(writer);
    for (size_t i = 0; i < found->n_mailers; i++)
        write_mailer(writer, &found->mailers[i]);
    json_end_array(writer);
    json_member_int(writer, "n_senders", (int64_t)found->n_mailers_all);
}

static int write_policy(void *context, const struct store_dmarc_policy *policy,
                        struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_string(writer, "text", policy->text);
    json_member_int(writer, "reports", policy->reports);
    json_member_day(writer, "first_day", policy->first_day);
    json_member_day(writer, "last_day", policy->last_day);
    json_end_object(writer);
    return 0;
}

static int write_rest(struct json_writer *writer, const struct api_call *call,
                      const char *domain, struct err *err)
{
    struct lines lines = { .writer = writer, .domain = domain };
    size_t n;
    if (write_days(call, &lines, err) < 0 ||
        write_groups("sources", call, STORE_DMARC_BY_SOURCE, &lines,
                     call->request->limit, write_source, &n, err) < 0)
        return -1;
    json_member_int(writer, "n_sources", (int64_t)n);
    if (write_groups("organizations", call, STORE_DMARC_BY_ORGANIZATION, &lines,
                     0, write_organization, NULL, err) < 0)
        return -1;
    json_key(writer, "policies");
    json_begin_array(writer);
    if (store_dmarc_each_policy(call->store, domain,
                                call->request->filter.range, write_policy,
                                writer, err) < 0)
        return -1;
    json_end_array(writer);
    return 0;
}

int api_domain_authentication(const struct api_call *call,
                              struct api_answer *answer, struct err *err)
{
    struct insight_authentication found;
    struct json_writer writer;
    const char *domain =
        domain_normalise(call->arena, slice_of(call->capture), NULL);
    if (!domain)
        return err_memory(err);
    int r = insight_authentication_find(call->store, domain,
                                        call->request->filter.range,
                                        call->arena, &found, err);
    if (r)
        return r < 0 ? -1 : api_unknown_domain(err);
    api_write_begin(&writer, call, answer);
    write_verdict(&writer, &found);
    if (write_rest(&writer, call, domain, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}
