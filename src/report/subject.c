/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/subject.h"

#include "base/domain.h"
#include "report/limits.h"

/* Tells whether text can be a mail domain: two labels or more, the last one of
 * letters or an A-label. */
static bool is_domain_like(const char *text)
{
    const char *last = strrchr(text, '.');

    if (!last || last == text || !last[1])
        return false;
    if (strncmp(last + 1, "xn--", 4) == 0)
        return true;
    for (const char *p = last + 1; *p; p++) {
        if (*p < 'a' || *p > 'z')
            return false;
    }
    return true;
}

/* Normalises a candidate; NULL where it is no domain, or memory is out and *rc
 * set to -1. */
static const char *to_domain(struct reading *reading, struct slice s, int *rc)
{
    const char *name;
    unsigned changes;

    if (s.len == 0 || s.len > DOMAIN_MAX_BYTES)
        return NULL;
    name = domain_normalise(reading->arena, s, &changes);
    if (!name)
        *rc = -1;
    return name && !(changes & DOMAIN_BAD) && is_domain_like(name) ? name
                                                                   : NULL;
}

/* sender!domain!begin!end[!token].json.gz */
static const char *from_file_name(struct reading *reading, int *rc)
{
    struct slice s = slice_of(reading->origin->file_name);
    size_t at;

    if (s.len > REPORT_MAX_FILE_NAME_BYTES)
        return NULL;
    at = slice_find(s, '!');
    if (at == s.len)
        return NULL;
    s = slice_skip(s, at + 1);
    at = slice_find(s, '!');
    return at == s.len ? NULL : to_domain(reading, slice_make(s.ptr, at), rc);
}

/* "Report Domain: example.com Submitter: ..." */
static const char *from_mail_subject(struct reading *reading, int *rc)
{
    static const char label[] = "Report Domain:";
    const char *subject = reading->origin->mail_subject;
    const char *at = subject ? strcasestr(subject, label) : NULL;

    if (!at)
        return NULL;
    at += sizeof(label) - 1;
    at += strspn(at, " \t\r\n");
    return to_domain(reading, slice_make(at, strcspn(at, " \t\r\n")), rc);
}

/*
 * The forms met: TICKS+domain, DATE_domain, DATE_idxN_domain,
 * DATE.domain[.TOKEN]@submitter. What stands behind the last + or _ of the left
 * part, or behind its leading digits and a dot.
 */
static const char *from_report_id(struct reading *reading, int *rc)
{
    struct slice s = slice_of(reading->report->report_id);
    const char *name;
    size_t digits = 0;

    if (s.len > REPORT_MAX_ID_BYTES)
        return NULL;
    s.len = slice_find(s, '@');
    for (size_t i = s.len; i > 0; i--) {
        if (s.ptr[i - 1] == '+' || s.ptr[i - 1] == '_')
            return to_domain(reading, slice_skip(s, i), rc);
    }
    while (digits < s.len && s.ptr[digits] >= '0' && s.ptr[digits] <= '9')
        digits++;
    if (digits < 8 || digits == s.len || s.ptr[digits] != '.')
        return NULL;
    s = slice_skip(s, digits + 1);
    name = to_domain(reading, s, rc);
    for (size_t i = s.len; !name && i > 0; i--) {
        if (s.ptr[i - 1] == '.')
            return to_domain(reading, slice_make(s.ptr, i - 1), rc);
    }
    return name;
}

/* A policy other than tlsa names the mail domain itself. */
static bool names_mail_domain(const struct report_policy *policy)
{
    return policy->type != POLICY_TYPE_TLSA && policy->domain[0];
}

/* The only mail domain of the report; NULL where there are none or several. */
static const char *sole_domain(const struct report *report)
{
    const char *sole = NULL;

    for (size_t i = 0; i < report->n_policies; i++) {
        const struct report_policy *policy = &report->policies[i];

        if (!names_mail_domain(policy))
            continue;
        if (sole && strcmp(sole, policy->domain) != 0)
            return NULL;
        sole = policy->domain;
    }
    return sole;
}

/* What tells the mail domain beside the policies themselves. */
struct hint {
    const char *domain; /* NULL where nothing does */
    bool is_header;     /* TLS-Report-Domain said so */
};

static struct hint find_hint(struct reading *reading, int *rc)
{
    struct hint hint = { 0 };

    hint.domain =
        to_domain(reading, slice_of(reading->origin->tls_report_domain), rc);
    hint.is_header = hint.domain != NULL;
    if (!hint.domain)
        hint.domain = from_file_name(reading, rc);
    if (!hint.domain)
        hint.domain = from_mail_subject(reading, rc);
    if (!hint.domain)
        hint.domain = from_report_id(reading, rc);
    if (!hint.domain)
        hint.domain = sole_domain(reading->report);
    return hint;
}

/* Tells whether another policy of the report names the domain of policy number
 * i, one of tlsa, as mail domain. */
static bool is_mail_domain(const struct reading *reading, size_t i)
{
    const uint32_t *first;

    if (reading->report->n_policies < 2)
        return false;
    first = reading->groups.groups[reading->groups.of_policy[i]].first;
    return first[POLICY_TYPE_STS] || first[POLICY_TYPE_NONE] ||
           first[POLICY_TYPE_OTHER];
}

static void fill(struct reading *reading, size_t i, const struct hint *hint,
                 const struct place *report)
{
    struct report_policy *policy = &reading->report->policies[i];
    bool is_tlsa = policy->type == POLICY_TYPE_TLSA && policy->domain[0];
    bool is_mail =
        is_tlsa &&
        (is_mail_domain(reading, i) ||
         (hint->domain && strcmp(hint->domain, policy->domain) == 0));
    struct place room[2];

    if (is_mail)
        reading_note(reading, REPORT_FINDING_TLSA_DOMAIN_IS_MAIL,
                     reading_policy_place(reading, i, report, room),
                     slice_of(policy->domain));
    policy->subject_domain = policy->domain;
    if (hint->domain && (!policy->domain[0] || (is_tlsa && !is_mail)))
        policy->subject_domain = hint->domain;
}

/* Tells whether the report has a policy about the domain of the mail's field. */
static bool has_subject(const struct report *report, const char *domain)
{
    for (size_t i = 0; i < report->n_policies; i++) {
        if (strcmp(report->policies[i].subject_domain, domain) == 0 ||
            strcmp(report->policies[i].domain, domain) == 0)
            return true;
    }
    return report->n_policies == 0;
}

/* The JSON wins over the mail's fields, but a difference is told. */
static void check_header(struct reading *reading, const struct place *place,
                         const struct hint *hint)
{
    if (hint->is_header && !has_subject(reading->report, hint->domain))
        reading_note(reading, REPORT_FINDING_HEADER_DOMAIN_DIFFERS, place,
                     slice_of(hint->domain));
}

int subject_find(struct reading *reading, const struct place *place)
{
    const struct report *report = reading->report;
    struct hint hint = { 0 };
    bool is_needed = reading->origin->tls_report_domain != NULL;
    int rc = 0;

    for (size_t i = 0; i < report->n_policies; i++)
        is_needed = is_needed || !names_mail_domain(&report->policies[i]);
    if (is_needed)
        hint = find_hint(reading, &rc);
    if (rc)
        return -1;
    for (size_t i = 0; i < report->n_policies; i++)
        fill(reading, i, &hint, place);
    check_header(reading, place, &hint);
    return 0;
}
