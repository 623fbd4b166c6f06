/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "unit/intake/wire_sample.h"

#include "intake/read.h"

static void fill_rows(struct wire_sample *s)
{
    s->findings[0] =
        (struct store_finding){ "count-fraction", "/policies/0", "-1" };
    s->findings[1] = (struct store_finding){ "bom", "", NULL };
    s->policies[0] = (struct store_policy){
        .type_text = "STS",
        .type = "sts",
        .policy_domain = "example.com",
        .subject_domain = "example.com",
        .policy_text = "version: STSv1\nmode: enforce",
        .mx_hosts = "mx1.example.com *.example.com",
        .success_sessions = 70,
        .failure_sessions = 7,
    };
    s->policies[1] = s->policies[0];
    s->policies[1].type_text = "B\xc3\xb6rse";
    s->policies[1].type = "other";
    s->policies[1].subject_domain = "";
    s->policies[2] = s->policies[0];
    s->policies[2].success_sessions = INT64_MAX;
    s->policies[2].is_implausible = true;
    s->subjects[0] = (struct store_subject){ "example.com", 77, 7 };
    s->subjects[1] = (struct store_subject){ "", 77, 7 };
    s->results[0] = (struct store_share){ "", "validation-failure", 3 };
    s->results[0].domain = s->subjects[1].domain;
    s->results[1] = (struct store_share){ s->subjects[0].domain, "odd one", 4 };
    s->results[2] = (struct store_share){ s->subjects[0].domain, "x", 0 };
    s->mxs[0] = (struct store_share){ s->subjects[0].domain, "", 7 };
}

static void fill_report(struct wire_sample *s)
{
    s->rows = (struct store_report){
        .content_hash = { 1, 2, 3 },
        .payload = 3,
        .ordinal = 70000,
        .organization = "Sender Ltd",
        .organization_key = "sender",
        .contact_info = "tls@sender.example",
        .report_id = "id-1",
        .start = 1790812800, /* 2026-10-01 */
        .end = 1790899199,
        .start_odd = "1790812800",
        .day = 20727,
        .reader_version = INTAKE_READER_VERSION,
        .success_sessions = 140,
        .failure_sessions = 14,
        .policies = s->policies,
        .n_policies = 3,
        .subjects = s->subjects,
        .n_subjects = 2,
        .results = s->results,
        .n_results = 3,
        .mxs = s->mxs,
        .n_mxs = 1,
        .findings = s->findings,
        .n_findings = 2,
    };
}

static void fill_dkim(struct wire_sample *s)
{
    s->signatures[0] = (struct dkim_signature){
        .domain = "sender.example",
        .selector = "s1",
        .identity = "mail.sender.example",
        .query_name = "s1._domainkey.sender.example",
        .kind = SIGNATURE_ED25519,
        .header_canon = DKIM_RELAXED,
        .signed_at = 1790812800,
        .expires_at = UTC_NONE,
        .value = SLICE("signature"),
        .digest = { 9, 8, 7 },
    };
    s->signatures[1] = (struct dkim_signature){
        .fault = dkim_reason(DKIM_REASON_BODY_LENGTH),
        .signed_at = UTC_NONE,
        .expires_at = UTC_NONE,
    };
    s->dkim = (struct dkim){ .signatures = s->signatures,
                             .n_signatures = 2,
                             .n_ignored = 5,
                             .from_domain = "sender.example" };
}

void wire_sample_init(struct wire_sample *sample)
{
    *sample = (struct wire_sample){ .report = { .refused = NULL } };
    fill_rows(sample);
    fill_report(sample);
    fill_dkim(sample);
    sample->report = (struct intake_item){ .rows = &sample->rows,
                                           .contact_domain = "sender.example",
                                           .submitter_domain = "mx.example",
                                           .dkim = &sample->dkim };
    sample->refusal = (struct intake_item){ .refused = "no report",
                                            .findings = sample->findings,
                                            .n_findings = 2,
                                            .contact_domain = "",
                                            .submitter_domain = "" };
}
