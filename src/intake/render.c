/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/render.h"

#include "base/arena.h"
#include "base/utc.h"
#include "intake/read.h"
#include "intake/render_dmarc.h"
#include "policy/result_type.h"
#include "report/report.h"
#include "json/writer.h"

enum { SCRATCH_MAX_BYTES = 64 * 1024 * 1024 };

static void write_findings(struct json_writer *writer,
                           const struct finding_list *findings)
{
    json_key(writer, "findings");
    json_begin_array(writer);
    for (size_t i = 0; findings && i < findings->n_items; i++) {
        const struct finding *finding = &findings->items[i];

        json_begin_object(writer);
        json_member_string(writer, "code", finding->kind->code);
        json_member_string(writer, "severity",
                           finding_severity_name(finding->kind->severity));
        json_member_string(writer, "where",
                           finding->where ? finding->where : "");
        json_member_string(writer, "message", finding->kind->message);
        json_member_string(writer, "value", finding->value);
        json_member_string(writer, "fix", finding->kind->fix);
        json_member_string(writer, "rfc", finding->kind->rfc);
        if (finding->n_same > FINDING_KIND_MAX)
            json_member_int(writer, "left_out",
                            (int64_t)(finding->n_same - FINDING_KIND_MAX));
        json_end_object(writer);
    }
    json_end_array(writer);
    if (findings && findings->n_dropped)
        json_member_int(writer, "more_findings", (int64_t)findings->n_dropped);
}

static void write_failure(struct json_writer *writer, struct arena *scratch,
                          const struct report_failure *failure)
{
    const char *key =
        result_type_key(scratch, slice_of(failure->result_type), NULL);

    if (!key)
        writer->buffer->failed = true;
    json_begin_object(writer);
    json_member_string(writer, "result_type", failure->result_type);
    json_member_string(writer, "result_key", key);
    json_member_int(writer, "sessions", failure->sessions);
    json_member_string(writer, "sending_mta_ip", failure->sending_mta_ip);
    json_member_string(writer, "receiving_mx_hostname",
                       failure->receiving_mx_hostname);
    json_member_string(writer, "receiving_mx_helo", failure->receiving_mx_helo);
    json_member_string(writer, "receiving_ip", failure->receiving_ip);
    json_member_string(writer, "additional_information",
                       failure->additional_information);
    json_member_string(writer, "failure_reason_code",
                       failure->failure_reason_code);
    json_end_object(writer);
    arena_reset(scratch);
}

static void write_strings(struct json_writer *writer, const char *name,
                          const char *const *strings, size_t n)
{
    json_key(writer, name);
    json_begin_array(writer);
    for (size_t i = 0; i < n; i++)
        json_string(writer, strings[i]);
    json_end_array(writer);
}

/* The known name of a type, else what was reported. */
static const char *type_text(const struct report_policy *policy)
{
    return policy->type == POLICY_TYPE_OTHER ? policy->type_text
                                             : policy_type_name(policy->type);
}

static void write_policy(struct json_writer *writer, struct arena *scratch,
                         const struct report_policy *policy)
{
    json_begin_object(writer);
    json_member_string(writer, "type", type_text(policy));
    json_member_string(writer, "domain", policy->domain);
    json_member_string(writer, "subject_domain", policy->subject_domain);
    write_strings(writer, "strings", policy->strings, policy->n_strings);
    write_strings(writer, "mx_hosts", policy->mx_hosts, policy->n_mx_hosts);
    json_member_int(writer, "success_sessions", policy->success_sessions);
    json_member_int(writer, "failure_sessions", policy->failure_sessions);
    json_member_bool(writer, "implausible",
                     report_policy_is_implausible(policy));
    json_key(writer, "failures");
    json_begin_array(writer);
    for (size_t i = 0; i < policy->n_failures; i++)
        write_failure(writer, scratch, &policy->failures[i]);
    json_end_array(writer);
    json_end_object(writer);
}

static void write_totals(struct json_writer *writer, struct arena *scratch,
                         const struct report *report)
{
    struct report_totals totals = { 0 };

    if (report_totals_compute(report, scratch, &totals))
        writer->buffer->failed = true;
    json_key(writer, "totals");
    json_begin_object(writer);
    json_member_int(writer, "success_sessions", totals.success_sessions);
    json_member_int(writer, "failure_sessions", totals.failure_sessions);
    json_member_int(writer, "distinct_sessions", totals.distinct_sessions);
    json_member_int(writer, "distinct_failures", totals.distinct_failures);
    json_end_object(writer);
    arena_reset(scratch);
}

static void write_report(struct json_writer *writer,
                         const struct report *report)
{
    struct arena scratch;

    arena_init(&scratch, SCRATCH_MAX_BYTES);
    json_member_string(writer, "organization_name", report->organization_name);
    json_member_string(writer, "contact_info", report->contact_info);
    json_member_string(writer, "report_id", report->report_id);
    json_member_time(writer, "start", report->start);
    json_member_time(writer, "end", report->end);
    json_member_day(writer, "day", report_day(report));
    json_key(writer, "policies");
    json_begin_array(writer);
    for (size_t i = 0; i < report->n_policies; i++)
        write_policy(writer, &scratch, &report->policies[i]);
    json_end_array(writer);
    write_totals(writer, &scratch, report);
    arena_deinit(&scratch);
}

void intake_render_result(struct json_writer *writer, const char *input,
                          const struct intake_result *result)
{
    json_begin_object(writer);
    json_member_string(writer, "input", input);
    if (result->report)
        write_report(writer, result->report);
    else if (result->dmarc)
        render_dmarc_members(writer, result->dmarc);
    else
        json_member_string(writer, "refused", result->refused);
    write_findings(writer, result->findings);
    json_end_object(writer);
}
