/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/check.h"

#include "report/groups.h"
#include "report/limits.h"

static const struct slice nothing = { NULL, 0 };

static void check_identity(struct reading *reading, const struct place *place)
{
    const struct report *report = reading->report;
    const char *submitter = reading->origin->tls_report_submitter;
    const char *contact = report->contact_info, *at;

    if (!report->organization_name || !report->organization_name[0])
        reading_note_member(reading, REPORT_FINDING_ORGANIZATION_MISSING, place,
                            "organization-name", nothing);
    if (!contact || !contact[0])
        reading_note_member(reading, REPORT_FINDING_CONTACT_MISSING, place,
                            "contact-info", nothing);
    if (!report->report_id || !report->report_id[0])
        reading_note_member(reading, REPORT_FINDING_REPORT_ID_MISSING, place,
                            "report-id", nothing);
    at = contact ? strrchr(contact, '@') : NULL;
    if (at && submitter && strcasecmp(at + 1, submitter) != 0)
        reading_note_member(reading, REPORT_FINDING_SUBMITTER_DIFFERS, place,
                            "contact-info", slice_of(submitter));
}

static void check_range_length(struct reading *reading,
                               const struct place *range)
{
    const struct report *report = reading->report;
    int64_t seconds = report->end - report->start;

    if (seconds > REPORT_LONG_RANGE_SECONDS)
        reading_note(reading, REPORT_FINDING_RANGE_LONG, range, nothing);
    else if (seconds < REPORT_SHORT_RANGE_SECONDS)
        reading_note(reading, REPORT_FINDING_RANGE_SHORT, range, nothing);
    else if (report->end % UTC_DAY_SECONDS == 0 &&
             report->start % UTC_DAY_SECONDS == 0)
        reading_note(reading, REPORT_FINDING_RANGE_MIDNIGHT, range, nothing);
    if (report->start <
        (utc_time)utc_day_from_civil(2016, 1, 1) * UTC_DAY_SECONDS)
        reading_note(reading, REPORT_FINDING_DATE_EARLY, range, nothing);
}

static void check_range(struct reading *reading, const struct place *place)
{
    struct report *report = reading->report;
    struct place range = place_member(place, SLICE("date-range"));

    if (!report->start_text && !report->end_text) {
        reading_note(reading, REPORT_FINDING_DATE_MISSING, &range, nothing);
    } else if (!report->start_text || !report->end_text) {
        reading_note_member(
            reading, REPORT_FINDING_DATE_MISSING, &range,
            report->start_text ? "end-datetime" : "start-datetime", nothing);
    }
    if (report->start == UTC_NONE || report->end == UTC_NONE)
        return;
    if (report->end < report->start) {
        utc_time start = report->end;

        report->end = report->start;
        report->start = start;
        reading_note(reading, REPORT_FINDING_RANGE_SWAPPED, &range, nothing);
    }
    check_range_length(reading, &range);
}

/* Details against the summary, policy by policy. */
static void check_details(struct reading *reading, const struct place *place,
                          const struct report_policy *policy)
{
    int64_t sum = 0;

    if (policy->n_failures == 0) {
        if (policy->failure_sessions > 0)
            reading_note_member(reading, REPORT_FINDING_DETAILS_MISSING, place,
                                "failure-details", nothing);
        return;
    }
    for (size_t i = 0; i < policy->n_failures; i++)
        sum = count_add(sum, policy->failures[i].sessions);
    if (sum != policy->failure_sessions)
        reading_note_member(reading, REPORT_FINDING_DETAILS_SUM, place,
                            "failure-details", nothing);
}

static bool same_texts(const char **a, size_t n_a, const char **b, size_t n_b)
{
    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++) {
        if (strcmp(a[i], b[i]) != 0)
            return false;
    }
    return true;
}

/* How two policies of one domain in one report relate. */
static void compare(struct reading *reading, const struct place *place,
                    const struct report_policy *a,
                    const struct report_policy *b, bool *is_noted)
{
    if (a->type == b->type && a->type != POLICY_TYPE_OTHER)
        reading_note(
            reading,
            same_texts(a->strings, a->n_strings, b->strings, b->n_strings)
                ? REPORT_FINDING_POLICY_REPEATED
                : REPORT_FINDING_POLICY_SEVERAL,
            place, slice_of(b->domain));
    else if ((a->type == POLICY_TYPE_STS && b->type == POLICY_TYPE_TLSA) ||
             (a->type == POLICY_TYPE_TLSA && b->type == POLICY_TYPE_STS)) {
        if (!*is_noted)
            reading_note(reading, REPORT_FINDING_SESSIONS_TWICE, place,
                         slice_of(b->domain));
        *is_noted = true;
    }
}

/* Pairs of policies for one domain. Bounded: what a report of thousands of
 * policies repeats is said for the first ones. */
static void check_pairs(struct reading *reading, const struct place *policies)
{
    enum { LOOK_MAX = 64 };
    const struct report *report = reading->report;
    bool is_noted = false;

    for (size_t b = 1; b < report->n_policies && b < LOOK_MAX; b++) {
        const struct report_policy *policy = &report->policies[b];
        struct place here = place_element(policies, b);

        for (size_t a = 0; a < b && policy->domain[0]; a++) {
            if (strcmp(report->policies[a].domain, policy->domain) == 0)
                compare(reading, &here, &report->policies[a], policy,
                        &is_noted);
        }
    }
}

static bool has_several_subjects(const struct report *report)
{
    for (size_t i = 1; i < report->n_policies; i++) {
        if (strcmp(report->policies[i].subject_domain,
                   report->policies[0].subject_domain) != 0)
            return true;
    }
    return false;
}

int check_report(struct reading *reading, const struct place *place)
{
    const struct report *report = reading->report;
    struct place policies = place_member(place, SLICE("policies"));

    check_identity(reading, place);
    check_range(reading, place);
    if (report->n_policies == 0)
        reading_note(reading, REPORT_FINDING_POLICIES_EMPTY, &policies,
                     nothing);
    for (size_t i = 0; i < report->n_policies; i++) {
        struct place here = place_element(&policies, i);

        check_details(reading, &here, &report->policies[i]);
    }
    check_pairs(reading, &policies);
    if (has_several_subjects(report))
        reading_note(reading, REPORT_FINDING_DOMAINS_SEVERAL, &policies,
                     nothing);
    return 0;
}
