/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/render_dmarc.h"

#include "dmarc/dmarc.h"
#include "json/writer.h"

static void write_head(struct json_writer *writer,
                       const struct dmarc_report *report)
{
    json_member_string(writer, "organization_name", report->organization_name);
    json_member_string(writer, "contact_info", report->email);
    json_member_string(writer, "extra_contact_info",
                       report->extra_contact_info);
    json_member_string(writer, "report_id", report->report_id);
    json_member_string(writer, "version", report->version);
    json_member_string(writer, "namespace", report->name_space);
    json_member_string(writer, "generator", report->generator);
    json_member_time(writer, "start", report->start);
    json_member_time(writer, "end", report->end);
    json_member_day(writer, "day", dmarc_day(report));
    json_key(writer, "errors");
    json_begin_array(writer);
    for (size_t i = 0; i < report->n_errors; i++)
        json_string(writer, report->errors[i]);
    json_end_array(writer);
    json_member_string(writer, "domain", report->policy.domain);
}

static void write_policy(struct json_writer *writer,
                         const struct dmarc_policy *policy)
{
    json_key(writer, "policy");
    json_begin_object(writer);
    json_member_string(writer, "p", policy->p);
    json_member_string(writer, "sp", policy->sp);
    json_member_string(writer, "np", policy->np);
    json_member_string(writer, "adkim", policy->adkim);
    json_member_string(writer, "aspf", policy->aspf);
    json_key(writer, "pct");
    if (policy->pct == DMARC_PCT_NONE)
        json_null(writer);
    else
        json_int(writer, policy->pct);
    json_member_string(writer, "fo", policy->fo);
    json_member_string(writer, "testing", policy->testing);
    json_member_string(writer, "discovery_method", policy->discovery_method);
    json_end_object(writer);
}

static void write_reasons(struct json_writer *writer,
                          const struct dmarc_record *record)
{
    json_key(writer, "reasons");
    json_begin_array(writer);
    for (size_t i = 0; i < record->n_reasons; i++) {
        json_begin_object(writer);
        json_member_string(writer, "type", record->reasons[i].type);
        json_member_string(writer, "comment", record->reasons[i].comment);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_dkims(struct json_writer *writer,
                        const struct dmarc_record *record)
{
    json_key(writer, "dkim_results");
    json_begin_array(writer);
    for (size_t i = 0; i < record->n_dkims; i++) {
        const struct dmarc_dkim *dkim = &record->dkims[i];

        json_begin_object(writer);
        json_member_string(writer, "domain", dkim->domain);
        json_member_string(writer, "selector", dkim->selector);
        json_member_string(writer, "result", dkim->result);
        json_member_string(writer, "human_result", dkim->human_result);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_spfs(struct json_writer *writer,
                       const struct dmarc_record *record)
{
    json_key(writer, "spf_results");
    json_begin_array(writer);
    for (size_t i = 0; i < record->n_spfs; i++) {
        const struct dmarc_spf *spf = &record->spfs[i];

        json_begin_object(writer);
        json_member_string(writer, "domain", spf->domain);
        json_member_string(writer, "scope", spf->scope);
        json_member_string(writer, "result", spf->result);
        json_member_string(writer, "human_result", spf->human_result);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static void write_record(struct json_writer *writer,
                         const struct dmarc_record *record)
{
    json_begin_object(writer);
    json_member_string(writer, "source_ip", record->source_ip);
    json_member_int(writer, "messages", record->count);
    json_member_bool(writer, "implausible",
                     dmarc_record_is_implausible(record));
    json_member_string(writer, "disposition", record->disposition);
    json_member_string(writer, "dkim", record->dkim);
    json_member_string(writer, "spf", record->spf);
    json_member_bool(writer, "dmarc_pass", dmarc_record_passes(record));
    write_reasons(writer, record);
    json_member_string(writer, "header_from", record->header_from);
    json_member_string(writer, "envelope_from", record->envelope_from);
    json_member_string(writer, "envelope_to", record->envelope_to);
    write_dkims(writer, record);
    write_spfs(writer, record);
    json_end_object(writer);
}

static void write_totals(struct json_writer *writer,
                         const struct dmarc_report *report)
{
    struct dmarc_totals totals = dmarc_totals_compute(report);

    json_key(writer, "totals");
    json_begin_object(writer);
    json_member_int(writer, "records", (int64_t)report->n_records);
    json_member_int(writer, "messages", totals.messages);
    json_member_int(writer, "dkim_pass", totals.dkim_pass);
    json_member_int(writer, "spf_pass", totals.spf_pass);
    json_member_int(writer, "dmarc_pass", totals.dmarc_pass);
    json_end_object(writer);
}

static void write_others(struct json_writer *writer,
                         const struct dmarc_report *report)
{
    json_key(writer, "others");
    json_begin_array(writer);
    for (size_t i = 0; i < report->n_others; i++) {
        json_begin_object(writer);
        json_member_string(writer, "where", report->others[i].where);
        json_member_string(writer, "value", report->others[i].value);
        json_end_object(writer);
    }
    json_end_array(writer);
    if (report->n_others_dropped)
        json_member_int(writer, "more_others",
                        (int64_t)report->n_others_dropped);
}

void render_dmarc_members(struct json_writer *writer,
                          const struct dmarc_report *report)
{
    json_member_string(writer, "kind", "dmarc");
    write_head(writer, report);
    write_policy(writer, &report->policy);
    json_key(writer, "records");
    json_begin_array(writer);
    for (size_t i = 0; i < report->n_records; i++)
        write_record(writer, &report->records[i]);
    json_end_array(writer);
    write_totals(writer, report);
    write_others(writer, report);
}
