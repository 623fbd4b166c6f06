/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/check.h"

#include "base/domain.h"
#include "policy/result_type.h"
#include "report/limits.h"

static const struct slice nothing = { NULL, 0 };

/* Tells whether two spellings are one domain. Returns: 1, 0, -1 when out of
 * memory. */
static int is_same_domain(struct arena *arena, struct slice a, struct slice b)
{
    const char *x = domain_normalise(arena, a, NULL);
    const char *y = domain_normalise(arena, b, NULL);

    return x && y ? strcmp(x, y) == 0 : -1;
}

static int check_submitter(struct reading *reading, const struct place *place)
{
    struct slice submitter = slice_of(reading->origin->tls_report_submitter);
    struct slice contact;
    int is_same;

    if (submitter.len == 0)
        return 0;
    contact = report_contact_domain(reading->report);
    if (contact.len == 0)
        return 0;
    is_same = is_same_domain(reading->arena, submitter, contact);
    if (is_same == 0)
        reading_note_member(reading, REPORT_FINDING_SUBMITTER_DIFFERS, place,
                            "contact-info", submitter);
    return is_same < 0 ? -1 : 0;
}

static void check_identity(struct reading *reading, const struct place *place)
{
    const struct report *report = reading->report;
    const char *contact = report->contact_info;

    if (!report->organization_name || !report->organization_name[0])
        reading_note_member(reading, REPORT_FINDING_ORGANIZATION_MISSING, place,
                            "organization-name", nothing);
    if (!contact || !contact[0])
        reading_note_member(reading, REPORT_FINDING_CONTACT_MISSING, place,
                            "contact-info", nothing);
    if (!report->report_id || !report->report_id[0])
        reading_note_member(reading, REPORT_FINDING_REPORT_ID_MISSING, place,
                            "report-id", nothing);
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

/* RFC 8461 section 6: a policy that cannot be fetched anew is told of also by a
 * session that satisfied the older copy, and so did not fail. */
static bool may_succeed(const struct report_failure *failure)
{
    switch (result_type_parse(slice_of(failure->result_type))) {
    case RESULT_TYPE_STS_POLICY_FETCH_ERROR:
    case RESULT_TYPE_STS_POLICY_INVALID:
    case RESULT_TYPE_STS_WEBPKI_INVALID: return true;
    default: return false;
    }
}

/*
 * Details against the summary, policy by policy. A session that failed in two ways
 * stands under both result types (RFC 8460 section 4.4 counts the sessions that match
 * each), so all details together may be more than it, but none of them alone.
 */
static void check_details(struct reading *reading, const struct place *place,
                          const struct report_policy *policy)
{
    int64_t sum = 0, most = 0;

    if (policy->n_failures == 0) {
        if (policy->failure_sessions > 0)
            reading_note_member(reading, REPORT_FINDING_DETAILS_MISSING, place,
                                "failure-details", nothing);
        return;
    }
    for (size_t i = 0; i < policy->n_failures; i++) {
        sum = count_add(sum, policy->failures[i].sessions);
        if (!may_succeed(&policy->failures[i]))
            most = count_max(most, policy->failures[i].sessions);
    }
    if (sum < policy->failure_sessions || most > policy->failure_sessions)
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

/* How a policy relates to the first one of its type for its domain. */
static void compare(struct reading *reading, const struct place *place,
                    const struct report_policy *first,
                    const struct report_policy *policy)
{
    reading_note(reading,
                 same_texts(first->strings, first->n_strings, policy->strings,
                            policy->n_strings)
                     ? REPORT_FINDING_POLICY_REPEATED
                     : REPORT_FINDING_POLICY_SEVERAL,
                 place, slice_of(policy->domain));
}

/* Policies for one domain, each against the first of its type. */
static void check_pairs(struct reading *reading, const struct place *place)
{
    const struct report *report = reading->report;
    bool is_noted = false;

    for (size_t i = 1; i < report->n_policies; i++) {
        const struct report_policy *policy = &report->policies[i];
        const uint32_t *first =
            reading->groups.groups[reading->groups.of_policy[i]].first;
        size_t sts = first[POLICY_TYPE_STS], tlsa = first[POLICY_TYPE_TLSA];
        struct place room[2];
        const struct place *here =
            reading_policy_place(reading, i, place, room);

        if (!policy->domain[0] || policy->type == POLICY_TYPE_OTHER)
            continue;
        if (first[policy->type] <= i)
            compare(reading, here, &report->policies[first[policy->type] - 1],
                    policy);
        if (!is_noted && sts && tlsa && sts <= i + 1 && tlsa <= i + 1) {
            reading_note(reading, REPORT_FINDING_SESSIONS_TWICE, here,
                         slice_of(policy->domain));
            is_noted = true;
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
    if (check_submitter(reading, place))
        return -1;
    check_range(reading, place);
    if (report->n_policies == 0)
        reading_note(reading, REPORT_FINDING_POLICIES_EMPTY, &policies,
                     nothing);
    for (size_t i = 0; i < report->n_policies; i++) {
        struct place room[2];

        check_details(reading, reading_policy_place(reading, i, place, room),
                      &report->policies[i]);
    }
    check_pairs(reading, place);
    if (has_several_subjects(report))
        reading_note(reading, REPORT_FINDING_DOMAINS_SEVERAL, &policies,
                     nothing);
    return 0;
}
