/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * TLS report (RFC 8460 section 4) as a value.
 *
 * What a report says, after lenient reading: domains normalised, dates as
 * instants, counts as saturating 64-bit integers; each leniency is a finding.
 * Strings are valid UTF-8, NUL-terminated, live in the text that was read or in
 * the arena, and are NULL where the report has none. Workload: 1 KB with two
 * policies (usual), up to 64 MiB with 50,000 details; therefore a detail is 64
 * octets of pointers into the text.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/count.h"
#include "base/err.h"
#include "base/finding.h"
#include "base/utc.h"
#include "policy/policy_type.h"

/* One entry of failure-details. RFC 8460 section 4.4. */
struct report_failure {
    const char *result_type;            /* as reported; "" where absent */
    int64_t sessions;                   /* failed-session-count */
    const char *sending_mta_ip;         /* normalised address, or text */
    const char *receiving_mx_hostname;  /* normalised host name, never "" */
    const char *receiving_mx_helo;      /* first line of what was reported */
    const char *receiving_ip;           /* normalised address, or text */
    const char *additional_information; /* never fetched, never a live link */
    const char *failure_reason_code;    /* free text of the sender */
};

/* One entry of policies with its summary. */
struct report_policy {
    enum policy_type type;
    const char *type_text;      /* as reported, "" where absent */
    const char *domain;         /* policy-domain normalised, "" where absent */
    const char *subject_domain; /* whom it is about, "" where unknown */
    const char **strings;       /* policy-string, one line or record each */
    size_t n_strings;
    const char **mx_hosts; /* mx-host patterns */
    size_t n_mx_hosts;
    int64_t success_sessions; /* total-successful-session-count */
    int64_t failure_sessions; /* total-failure-session-count */
    struct report_failure *failures;
    size_t n_failures;
};

struct report {
    const char *organization_name;
    const char *contact_info;
    const char *report_id;
    const char *start_text; /* as reported, NULL where absent */
    const char *end_text;
    utc_time start; /* UTC_NONE where absent or unreadable; start <= end */
    utc_time end;
    struct report_policy *policies;
    size_t n_policies;
    struct finding_list findings;
};

/* Sums of a report; see report_totals. */
struct report_totals {
    int64_t success_sessions; /* plain sums over the plausible policies */
    int64_t failure_sessions;
    int64_t distinct_sessions; /* reported under tlsa and sts counted once */
    int64_t distinct_failures;
};

/*
 * What the report arrived with; members may be NULL. Used where the report
 * itself does not say whom it is about (RFC 8460 section 5.6: the report wins).
 */
struct report_origin {
    const char *tls_report_domain;    /* header field */
    const char *tls_report_submitter; /* header field */
    const char *file_name;            /* of the attachment or file */
    const char *mail_subject;         /* Subject header field */
};

struct report_list {
    struct report *reports; /* in the arena */
    size_t n_reports;
};

/*
 * Reads every report in a text: one object, an array of them, or several one
 * after the other.
 *
 * text: writable, len octets; changed while reading; the reports point into it,
 * so it must live as long as they do. BOM is dropped; UTF-16 must have been
 * converted before. origin: may be NULL. arena: its maximum bounds memory.
 * Owns: out_list and all in it live in arena and text.
 * Returns: 0 with at least one report; -1 where there is none.
 * Errors: ERR_INPUT (no JSON, or JSON that is no TLS report; err.text says
 * which, err.offset where), ERR_LIMIT (too deep, too much for the arena),
 * ERR_MEMORY.
 * RFC: 8460 section 4; deviations as docs/findings.md lists them.
 */
int report_read(struct arena *arena, char *text, size_t len,
                const struct report_origin *origin,
                struct report_list *out_list, struct err *err);

/*
 * Adds up a report. A session evaluated under sts and under tlsa for one
 * policy-domain is one session: distinct = max(sum sts, sum tlsa) + the rest,
 * domain by domain. Policies with an implausible count are left out, as they
 * are of all that is stored. Saturates. Uses arena for scratch.
 * Returns: 0, -1 when out of memory.
 */
int report_totals_compute(const struct report *report, struct arena *arena,
                          struct report_totals *out_totals);

/*
 * The day a report belongs to: the UTC day of the middle of its range. Where
 * only one end of it could be read: the day that begins there, or that ends
 * there.
 * Returns: the day; UTC_DAY_NONE without any date.
 */
utc_day report_day(const struct report *report);

/* Tells whether any count of the policy is above COUNT_PLAUSIBLE_MAX. */
bool report_policy_is_implausible(const struct report_policy *policy);

/*
 * The MX that a failure is about: its receiving-mx-hostname, else the
 * policy-domain of a tlsa policy, which is the host whose TLSA records were
 * looked up, unless it is the subject.
 * Returns: the name, or NULL where nothing tells.
 */
const char *report_failure_mx(const struct report_policy *policy,
                              const struct report_failure *failure);

/*
 * The domain of the mail address in contact-info ("Name <tls@domain>", a mailto
 * URI or the address alone), as written, without root dot; len 0 where there is
 * none.
 */
struct slice report_contact_domain(const struct report *report);

struct json_writer;

/*
 * Writes the report as RFC 8460 section 4 has it, members in the RFC's order,
 * absent values left out. What report_read makes of it equals the report.
 */
void report_write(const struct report *report, struct json_writer *writer);

/* The table of findings that reading yields; *out_n gets its rows. */
const struct finding_kind *report_finding_kinds(size_t *out_n);
