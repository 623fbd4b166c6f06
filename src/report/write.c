/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/report.h"
#include "json/writer.h"

/* A member that is left out where it is absent: RFC 8460 knows no null. */
static void write_text(struct json_writer *writer, const char *name,
                       const char *text)
{
    if (text)
        json_member_string(writer, name, text);
}

static void write_texts(struct json_writer *writer, const char *name,
                        const char *const *texts, size_t n)
{
    json_key(writer, name);
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        json_string(writer, texts[i]);
    json_end_array(writer);
}

static void write_date(struct json_writer *writer, const char *name,
                       utc_time time, const char *as_reported)
{
    char text[UTC_TIME_BYTES];

    write_text(writer, name,
               time == UTC_NONE ? as_reported : utc_format(time, text));
}

static void write_range(struct json_writer *writer, const struct report *report)
{
    if (report->start == UTC_NONE && report->end == UTC_NONE &&
        !report->start_text && !report->end_text)
        return;
    json_key(writer, "date-range");
    json_begin_object(writer);
    write_date(writer, "start-datetime", report->start, report->start_text);
    write_date(writer, "end-datetime", report->end, report->end_text);
    json_end_object(writer);
}

static void write_failure(struct json_writer *writer,
                          const struct report_failure *failure)
{
    json_begin_object(writer);
    if (failure->result_type[0])
        json_member_string(writer, "result-type", failure->result_type);
    write_text(writer, "sending-mta-ip", failure->sending_mta_ip);
    write_text(writer, "receiving-mx-hostname", failure->receiving_mx_hostname);
    write_text(writer, "receiving-mx-helo", failure->receiving_mx_helo);
    write_text(writer, "receiving-ip", failure->receiving_ip);
    json_member_int(writer, "failed-session-count", failure->sessions);
    write_text(writer, "additional-information",
               failure->additional_information);
    write_text(writer, "failure-reason-code", failure->failure_reason_code);
    json_end_object(writer);
}

static void write_description(struct json_writer *writer,
                              const struct report_policy *policy)
{
    json_key(writer, "policy");
    json_begin_object(writer);
    if (policy->type_text[0])
        json_member_string(writer, "policy-type", policy->type_text);
    write_texts(writer, "policy-string", policy->strings, policy->n_strings);
    if (policy->domain[0])
        json_member_string(writer, "policy-domain", policy->domain);
    if (policy->n_mx_hosts)
        write_texts(writer, "mx-host", policy->mx_hosts, policy->n_mx_hosts);
    json_end_object(writer);
}

static void write_policy(struct json_writer *writer,
                         const struct report_policy *policy)
{
    json_begin_object(writer);
    write_description(writer, policy);
    json_key(writer, "summary");
    json_begin_object(writer);
    json_member_int(writer, "total-successful-session-count",
                    policy->success_sessions);
    json_member_int(writer, "total-failure-session-count",
                    policy->failure_sessions);
    json_end_object(writer);
    json_key(writer, "failure-details");
    json_begin_array(writer);
    for (size_t i = 0; i < policy->n_failures; i++)
        write_failure(writer, &policy->failures[i]);
    json_end_array(writer);
    json_end_object(writer);
}

void report_write(const struct report *report, struct json_writer *writer)
{
    json_begin_object(writer);
    write_text(writer, "organization-name", report->organization_name);
    write_range(writer, report);
    write_text(writer, "contact-info", report->contact_info);
    write_text(writer, "report-id", report->report_id);
    json_key(writer, "policies");
    json_begin_array(writer);
    for (size_t i = 0; i < report->n_policies; i++)
        write_policy(writer, &report->policies[i]);
    json_end_array(writer);
    json_end_object(writer);
}
