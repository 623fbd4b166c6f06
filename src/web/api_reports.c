/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/api_write.h"

static void write_filter(struct json_writer *writer,
                         const struct store_filter *filter)
{
    json_key(writer, "filter");
    json_begin_object(writer);
    json_member_string(writer, "domain", filter->domain);
    json_member_string(writer, "organization", filter->organization);
    json_member_string(writer, "result_type", filter->result_type);
    json_member_string(writer, "mx", filter->mx);
    json_member_string(writer, "policy_type", filter->policy_type);
    json_member_bool(writer, "failed", filter->failed_only);
    json_member_bool(writer, "conflicts",
                     filter->standing == STORE_CONFLICTING);
    json_member_string(writer, "standing",
                       store_standing_name(filter->standing));
    json_end_object(writer);
}

static int write_listed(void *context, const struct store_listed *listed,
                        struct err *err)
{
    struct json_writer *writer = context;
    (void)err;
    json_begin_object(writer);
    json_member_int(writer, "id", listed->id);
    json_member_string(writer, "organization", listed->organization);
    json_member_string(writer, "report_id", listed->report_id);
    api_write_strings(writer, "domains", listed->domains, listed->n_domains);
    json_member_time(writer, "start", listed->start);
    json_member_time(writer, "end", listed->end);
    json_member_day(writer, "day", listed->day);
    json_member_time(writer, "stored_at", listed->stored_at);
    json_member_string(writer, "proof", api_write_proof(listed->proof));
    json_member_bool(writer, "is_conflict",
                     listed->standing == STORE_CONFLICTING);
    json_member_string(writer, "standing",
                       store_standing_name(listed->standing));
    json_member_bool(writer, "is_damaged", listed->is_damaged);
    json_member_int(writer, "findings", listed->n_findings);
    json_member_int(writer, "sessions", listed->sums.sessions);
    json_member_int(writer, "failures", listed->sums.failures);
    json_end_object(writer);
    return 0;
}

static int write_totals(struct json_writer *writer, const struct api_call *call,
                        struct err *err)
{
    struct store_sums sums;
    if (store_filter_sums(call->store, &call->request->filter, &sums, err) < 0)
        return -1;
    api_write_sums_of(writer, "totals", &sums);
    return 0;
}

static int write_list(struct json_writer *writer, const struct api_call *call,
                      struct err *err)
{
    const struct request *request = call->request;
    char next[STORE_CURSOR_BYTES] = "";
    json_key(writer, "reports");
    json_begin_array(writer);
    if (store_each_report(call->store, &request->filter, request->cursor,
                          request->limit, next, write_listed, writer, err) < 0)
        return -1;
    json_end_array(writer);
    json_member_string(writer, "next_cursor", next[0] != '\0' ? next : NULL);
    return 0;
}

int api_reports(const struct api_call *call, struct api_answer *answer,
                struct err *err)
{
    struct json_writer writer;
    api_write_begin(&writer, call, answer);
    write_filter(&writer, &call->request->filter);
    if (write_totals(&writer, call, err) < 0 ||
        write_list(&writer, call, err) < 0)
        return -1;
    json_end_object(&writer);
    return 0;
}
