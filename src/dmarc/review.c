/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "dmarc/review.h"

static const struct slice nothing = { NULL, 0 };

static bool is_missing(const char *text)
{
    return !text || !*text;
}

static bool has_dkim_pass(const struct dmarc_record *record)
{
    for (size_t i = 0; i < record->n_dkims; i++) {
        if (dmarc_is_pass(record->dkims[i].result))
            return true;
    }
    return false;
}

static bool has_spf_pass(const struct dmarc_record *record)
{
    for (size_t i = 0; i < record->n_spfs; i++) {
        if (dmarc_is_pass(record->spfs[i].result))
            return true;
    }
    return false;
}

/* What passed and aligned must have passed. RFC 7489 section 3.1. */
static void check_evaluated(struct feedback *feedback,
                            const struct dmarc_record *record)
{
    if (is_missing(record->dkim))
        feedback_note_member(feedback, DMARC_FINDING_EVALUATED_MISSING,
                             "row/policy_evaluated/dkim", nothing);
    if (is_missing(record->spf))
        feedback_note_member(feedback, DMARC_FINDING_EVALUATED_MISSING,
                             "row/policy_evaluated/spf", nothing);
    if (dmarc_is_pass(record->dkim) && !has_dkim_pass(record))
        feedback_note_member(feedback, DMARC_FINDING_EVALUATED_UNPROVEN,
                             "row/policy_evaluated/dkim", nothing);
    if (dmarc_is_pass(record->spf) && !has_spf_pass(record))
        feedback_note_member(feedback, DMARC_FINDING_EVALUATED_UNPROVEN,
                             "row/policy_evaluated/spf", nothing);
}

void review_record(struct feedback *feedback, const struct dmarc_record *record)
{
    if (is_missing(record->source_ip))
        feedback_note_member(feedback, DMARC_FINDING_SOURCE_MISSING,
                             "row/source_ip", nothing);
    if (!feedback->has_count)
        feedback_note_member(feedback, DMARC_FINDING_COUNT_MISSING, "row/count",
                             nothing);
    check_evaluated(feedback, record);
    if (is_missing(record->header_from))
        feedback_note_member(feedback, DMARC_FINDING_FROM_MISSING,
                             "identifiers/header_from", nothing);
    if (record->n_dkims > DMARC_USUAL_DKIMS)
        feedback_note_member(feedback, DMARC_FINDING_DKIMS_MANY, "auth_results",
                             nothing);
}

bool review_is_report(uint64_t seen)
{
    size_t n;
    const struct schema_row *rows = schema_rows(&n);

    for (size_t i = 0; i < n; i++) {
        if ((seen & UINT64_C(1) << i) &&
            (rows[i].node == SCHEMA_METADATA || rows[i].node == SCHEMA_POLICY ||
             rows[i].node == SCHEMA_RECORD))
            return true;
    }
    return false;
}

static void check_range(struct feedback *feedback)
{
    static const char place[] = "report_metadata/date_range";
    struct dmarc_report *report = &feedback->report;
    const utc_time first =
        (utc_time)utc_day_from_civil(DMARC_FIRST_YEAR, 1, 1) * UTC_DAY_SECONDS;

    if (!report->start_text || !report->end_text)
        feedback_note_member(feedback, DMARC_FINDING_DATE_MISSING, place,
                             nothing);
    if (report->start == UTC_NONE || report->end == UTC_NONE)
        return;
    if (report->end < report->start) {
        utc_time start = report->end;

        report->end = report->start;
        report->start = start;
        feedback_note_member(feedback, DMARC_FINDING_RANGE_SWAPPED, place,
                             nothing);
    }
    if (report->end - report->start > DMARC_LONG_RANGE_SECONDS)
        feedback_note_member(feedback, DMARC_FINDING_RANGE_LONG, place,
                             nothing);
    if (report->start < first)
        feedback_note_member(feedback, DMARC_FINDING_DATE_EARLY, place,
                             nothing);
}

void review_report(struct feedback *feedback)
{
    const struct dmarc_report *report = &feedback->report;

    if (is_missing(report->organization_name))
        feedback_note_member(feedback, DMARC_FINDING_ORGANIZATION_MISSING,
                             "report_metadata/org_name", nothing);
    if (is_missing(report->report_id))
        feedback_note_member(feedback, DMARC_FINDING_REPORT_ID_MISSING,
                             "report_metadata/report_id", nothing);
    check_range(feedback);
    if (is_missing(report->policy.domain))
        feedback_note_member(feedback, DMARC_FINDING_DOMAIN_MISSING,
                             "policy_published/domain", nothing);
    if (is_missing(report->policy.p))
        feedback_note_member(feedback, DMARC_FINDING_POLICY_MISSING,
                             "policy_published/p", nothing);
    if (report->n_records == 0)
        feedback_note_member(feedback, DMARC_FINDING_RECORDS_NONE, "record",
                             nothing);
}
