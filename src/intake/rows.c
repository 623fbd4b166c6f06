/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/rows.h"

#include <stdbool.h>
#include <string.h>

#include "report/distinct.h"

/* Copies a text, unless it is empty. Returns: NULL when out of memory. */
static const char *copy(struct arena *arena, const char *text)
{
    return text && *text ? arena_copy(arena, slice_of(text)) : "";
}

/* Joins lines. Returns: the whole in arena, NULL out of memory. */
static const char *join(struct arena *arena, const char *const *texts, size_t n)
{
    size_t bytes = 1, used = 0;
    char *whole;

    for (size_t i = 0; i < n; i++)
        bytes += strlen(texts[i]) + 1;
    whole = arena_alloc(arena, bytes);
    if (!whole)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(texts[i]);

        if (i > 0)
            whole[used++] = '\n';
        memcpy(whole + used, texts[i], len);
        used += len;
    }
    whole[used] = '\0';
    return whole;
}

/* Joins host patterns by blanks. A blank or control character that a sender put
   into one is shown as U+FFFD, so that ["a b"] is not ["a", "b"]. */
static const char *join_hosts(struct arena *arena, const char *const *hosts,
                              size_t n)
{
    static const char mark[] = "\xef\xbf\xbd";
    size_t bytes = 1, used = 0;
    char *whole;

    for (size_t i = 0; i < n; i++)
        bytes += (sizeof(mark) - 1) * strlen(hosts[i]) + 1;
    whole = arena_alloc(arena, bytes);
    if (!whole)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            whole[used++] = ' ';
        for (const char *c = hosts[i]; *c; c++) {
            bool is_odd = (unsigned char)*c <= ' ' || *c == 0x7f;

            memcpy(whole + used, is_odd ? mark : c, is_odd ? 3 : 1);
            used += is_odd ? 3 : 1;
        }
    }
    whole[used] = '\0';
    return whole;
}

static int make_policy(const struct report_policy *policy, struct arena *arena,
                       struct store_policy *out)
{
    out->type_text = copy(arena, policy->type_text);
    out->type = policy_type_name(policy->type);
    out->policy_domain = copy(arena, policy->domain);
    out->subject_domain = copy(arena, policy->subject_domain);
    out->policy_text = join(arena, policy->strings, policy->n_strings);
    out->mx_hosts = join_hosts(arena, policy->mx_hosts, policy->n_mx_hosts);
    out->success_sessions = policy->success_sessions;
    out->failure_sessions = policy->failure_sessions;
    out->is_implausible = report_policy_is_implausible(policy);
    return out->type_text && out->policy_domain && out->subject_domain &&
                   out->policy_text && out->mx_hosts
               ? 0
               : -1;
}

static int make_policies(const struct report *report, struct arena *arena,
                         struct store_report *rows)
{
    struct store_policy *policies =
        arena_calloc(arena, report->n_policies, sizeof(*policies));

    if (!policies)
        return -1;
    for (size_t i = 0; i < report->n_policies; i++) {
        if (make_policy(&report->policies[i], arena, &policies[i]))
            return -1;
        if (policies[i].is_implausible)
            continue;
        rows->success_sessions =
            count_add(rows->success_sessions, policies[i].success_sessions);
        rows->failure_sessions =
            count_add(rows->failure_sessions, policies[i].failure_sessions);
    }
    rows->policies = policies;
    rows->n_policies = report->n_policies;
    return 0;
}

static int make_subjects(const struct distinct_rows *distinct,
                         struct arena *arena, struct store_report *rows)
{
    struct store_subject *subjects =
        arena_calloc(arena, distinct->n_subjects, sizeof(*subjects));

    if (!subjects)
        return -1;
    for (size_t i = 0; i < distinct->n_subjects; i++) {
        subjects[i].domain = copy(arena, distinct->subjects[i].subject_domain);
        subjects[i].sessions = distinct->subjects[i].sessions;
        subjects[i].failures = distinct->subjects[i].failures;
        if (!subjects[i].domain)
            return -1;
    }
    rows->subjects = subjects;
    rows->n_subjects = distinct->n_subjects;
    return 0;
}

/* All shares of a subject have the one copy of its name. */
static struct store_share *make_shares(const struct store_subject *subjects,
                                       const struct distinct_share *shares,
                                       size_t n, struct arena *arena)
{
    struct store_share *out = arena_calloc(arena, n, sizeof(*out));

    for (size_t i = 0; out && i < n; i++) {
        out[i].domain = subjects[shares[i].subject].domain;
        out[i].key = copy(arena, shares[i].key);
        out[i].failures = shares[i].failures;
        if (!out[i].key)
            return NULL;
    }
    return out;
}

static int make_sums(const struct report *report, struct arena *arena,
                     struct store_report *rows)
{
    struct distinct_rows distinct;

    if (distinct_compute(report, arena, &distinct) ||
        make_subjects(&distinct, arena, rows))
        return -1;
    rows->results = make_shares(rows->subjects, distinct.results,
                                distinct.n_results, arena);
    rows->n_results = distinct.n_results;
    rows->mxs =
        make_shares(rows->subjects, distinct.mxs, distinct.n_mxs, arena);
    rows->n_mxs = distinct.n_mxs;
    return rows->results && rows->mxs ? 0 : -1;
}

struct store_finding *intake_rows_findings(const struct finding_list *findings,
                                           struct arena *arena)
{
    struct store_finding *rows;

    if (!findings || findings->n_items == 0)
        return NULL;
    rows = arena_calloc(arena, findings->n_items, sizeof(*rows));
    for (size_t i = 0; rows && i < findings->n_items; i++) {
        const struct finding *finding = &findings->items[i];

        rows[i].code = finding->kind->code;
        rows[i].where = copy(arena, finding->where);
        rows[i].value = finding->value ? copy(arena, finding->value) : NULL;
        if (!rows[i].where || (finding->value && !rows[i].value))
            return NULL;
    }
    return rows;
}

/* The text of a date that is no date-time: a number, or unreadable. */
static const char *odd_date(const char *text)
{
    unsigned form;
    utc_time time;

    if (!text || (utc_parse(slice_of(text), &time, &form) == 0 &&
                  !(form & UTC_FORM_EPOCH)))
        return NULL;
    return text;
}

/* Who, what and when. */
static int make_head(const struct report *report, struct arena *arena,
                     struct store_report *rows)
{
    const char *start = odd_date(report->start_text);
    const char *end = odd_date(report->end_text);

    rows->organization = copy(arena, report->organization_name);
    rows->contact_info = copy(arena, report->contact_info);
    rows->report_id = copy(arena, report->report_id);
    rows->start = report->start;
    rows->end = report->end;
    rows->start_odd = start ? copy(arena, start) : NULL;
    rows->end_odd = end ? copy(arena, end) : NULL;
    rows->day = report_day(report);
    return rows->organization && rows->contact_info && rows->report_id &&
                   !rows->start_odd == !start && !rows->end_odd == !end
               ? 0
               : -1;
}

int intake_rows_make(const struct report *report, struct arena *arena,
                     struct store_report *out_rows, struct err *err)
{
    struct store_report rows = { .n_findings = report->findings.n_items };

    rows.findings = intake_rows_findings(&report->findings, arena);
    if ((rows.n_findings && !rows.findings) ||
        make_head(report, arena, &rows) ||
        make_policies(report, arena, &rows) || make_sums(report, arena, &rows))
        return arena_error(arena, err);
    *out_rows = rows;
    return 0;
}

int intake_rows_sign(struct store_report *rows, struct arena *arena,
                     intake_signed_key_function *signed_key, const char *signer)
{
    const char *key = rows->organization_key;

    if (!signed_key || !*signer)
        return 0;
    rows->organization_key = signed_key(arena, key, signer);
    if (!rows->organization_key)
        return -1;
    /* It is shown as it is: the name alone would be that of the other. */
    if (strcmp(rows->organization_key, key) != 0)
        rows->organization_label = "";
    return 0;
}
