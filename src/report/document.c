/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

/* Whole texts: one report, an array of them, or several one after the other. */

#include "report/check.h"
#include "report/detail.h"
#include "report/limits.h"
#include "report/member.h"
#include "report/policy.h"
#include "report/report.h"
#include "report/subject.h"
#include "report/value.h"

static const struct slice nothing = { NULL, 0 };

enum field {
    FIELD_ORGANIZATION,
    FIELD_DATE_RANGE,
    FIELD_CONTACT,
    FIELD_REPORT_ID,
    FIELD_POLICIES,
    FIELD_DRAFT_POLICY,
    FIELD_DRAFT_SUMMARY,
    FIELD_DRAFT_DETAILS,
    FIELD_START,
    FIELD_END
};

/* The top object while it is read. */
struct top {
    struct report *report;
    struct report_policy policy; /* the one policy of a draft's report */
    struct policy_entry draft;
};

static int read_organization(struct reading *reading, void *object,
                             const struct place *place,
                             const struct json_value *value, struct err *err)
{
    struct top *top = object;

    return value_read_text(reading, place, value,
                           &top->report->organization_name, err);
}

static int read_contact(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct top *top = object;

    return value_read_text(reading, place, value, &top->report->contact_info,
                           err);
}

static int read_report_id(struct reading *reading, void *object,
                          const struct place *place,
                          const struct json_value *value, struct err *err)
{
    struct top *top = object;

    return value_read_text(reading, place, value, &top->report->report_id, err);
}

static int read_start(struct reading *reading, void *object,
                      const struct place *place, const struct json_value *value,
                      struct err *err)
{
    struct top *top = object;

    return value_read_date(reading, place, value, &top->report->start_text,
                           &top->report->start, err);
}

static int read_end(struct reading *reading, void *object,
                    const struct place *place, const struct json_value *value,
                    struct err *err)
{
    struct top *top = object;

    return value_read_date(reading, place, value, &top->report->end_text,
                           &top->report->end, err);
}

static const struct member range_rows[] = {
    { { "start-datetime", 14 }, read_start, FIELD_START, NULL, false },
    { { "end-datetime", 12 }, read_end, FIELD_END, NULL, false },
};
static const struct member_table range_table = MEMBER_TABLE(range_rows);

static int read_range(struct reading *reading, void *object,
                      const struct place *place, const struct json_value *value,
                      struct err *err)
{
    struct member_seen seen = { 0 };

    if (value->type != JSON_OBJECT) {
        reading_note(reading, REPORT_FINDING_OBJECT_EXPECTED, place, nothing);
        return json_skip(&reading->json, value, err);
    }
    return member_read_object(reading, place, &range_table, object, &seen, err);
}

static int read_policies(struct reading *reading, void *object,
                         const struct place *place,
                         const struct json_value *value, struct err *err)
{
    (void)object;
    return policy_read_array(reading, place, value, err);
}

static int read_draft_policy(struct reading *reading, void *object,
                             const struct place *place,
                             const struct json_value *value, struct err *err)
{
    struct top *top = object;

    return policy_read_draft(reading, &top->draft, place, value, err);
}

static int read_draft_summary(struct reading *reading, void *object,
                              const struct place *place,
                              const struct json_value *value, struct err *err)
{
    struct top *top = object;

    return policy_read_summary(reading, &top->draft, place, value, err);
}

static int read_draft_details(struct reading *reading, void *object,
                              const struct place *place,
                              const struct json_value *value, struct err *err)
{
    struct top *top = object;

    return detail_read_array(reading, &top->policy, place, value, err);
}

/* clang-format off */
static const struct member top_rows[] = {
    { { "organization-name", 17 }, read_organization, FIELD_ORGANIZATION, NULL,
      false },
    { { "date-range", 10 }, read_range, FIELD_DATE_RANGE, NULL, false },
    { { "contact-info", 12 }, read_contact, FIELD_CONTACT, NULL, false },
    { { "report-id", 9 }, read_report_id, FIELD_REPORT_ID, NULL, false },
    { { "policies", 8 }, read_policies, FIELD_POLICIES, NULL, false },
    { { "organization", 12 }, read_organization, FIELD_ORGANIZATION,
      "organization-name", false },
    { { "email-address", 13 }, read_contact, FIELD_CONTACT, "contact-info",
      false },
    { { "policy", 6 }, read_draft_policy, FIELD_DRAFT_POLICY, NULL, true },
    { { "summary", 7 }, read_draft_summary, FIELD_DRAFT_SUMMARY, NULL, true },
    { { "failure-details", 15 }, read_draft_details, FIELD_DRAFT_DETAILS, NULL,
      true },
};
/* clang-format on */
static const struct member_table top_table = MEMBER_TABLE(top_rows);

/*
 * Tells whether the object read is a TLS report: it has policies (null counts
 * as an empty list, absence does not), or it is one of a draft.
 */
static bool is_draft(const struct member_seen *seen)
{
    const unsigned others = 1u << FIELD_DATE_RANGE | 1u << FIELD_REPORT_ID |
                            1u << FIELD_DRAFT_SUMMARY |
                            1u << FIELD_DRAFT_DETAILS;

    return seen->fields & 1u << FIELD_DRAFT_POLICY && seen->fields & others;
}

/* Turns what the reader tolerated into findings on the report. */
static void note_quirks(struct reading *reading, const struct place *place)
{
    static const struct {
        unsigned quirk;
        enum report_finding finding;
    } map[] = {
        { JSON_QUIRK_BAD_UTF8, REPORT_FINDING_TEXT_NOT_UTF8 },
        { JSON_QUIRK_LONE_SURROGATE, REPORT_FINDING_TEXT_SURROGATE },
        { JSON_QUIRK_CONTROL, REPORT_FINDING_TEXT_CONTROL },
        { JSON_QUIRK_NUL, REPORT_FINDING_TEXT_NUL },
    };

    for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
        if (reading->json.quirks & map[i].quirk)
            reading_note(reading, map[i].finding, place, nothing);
    }
    reading->json.quirks = 0;
}

/* Moves the policies to the report and looks at it as a whole. */
static int finish_report(struct reading *reading, const struct place *place)
{
    struct report *report = reading->report;

    report->policies =
        list_move(&reading->policies, reading->arena, &report->n_policies);
    if (!report->policies && reading->policies.n_items)
        return -1;
    note_quirks(reading, place);
    if (report->n_policies > 1 &&
        groups_find(report, reading->arena, &reading->groups))
        return -1;
    return subject_find(reading, place) || check_report(reading, place) ? -1
                                                                        : 0;
}

/*
 * Reads the object just opened as a report.
 * Returns: 0, 1 where it is JSON but no report, -1 with err.
 */
static int read_report(struct reading *reading, const struct place *place,
                       struct report *report, struct err *err)
{
    struct top top = { .report = report };
    struct member_seen seen = { 0 };

    *report = (struct report){ .start = UTC_NONE, .end = UTC_NONE };
    finding_list_init(&report->findings, reading->arena);
    policy_begin(&top.draft, &top.policy);
    reading->report = report;
    reading->policies.n_items = reading->spots.n_items = 0;
    if (member_read_object(reading, place, &top_table, &top, &seen, err))
        return -1;
    if (!((seen.fields | seen.nulls) & 1u << FIELD_POLICIES)) {
        if (!is_draft(&seen))
            return 1;
        if (policy_take_draft(reading, place, &top.draft, err))
            return -1;
        reading_note(reading, REPORT_FINDING_DRAFT_SCHEMA, place, nothing);
    }
    return finish_report(reading, place) ? arena_error(reading->arena, err) : 0;
}

/* Reads one value as a report and adds it. Returns: as read_report. */
static int add_report(struct reading *reading, const struct place *place,
                      const struct json_value *value, struct err *err)
{
    struct report report, *item;
    int rc;

    if (value->type != JSON_OBJECT)
        return json_skip(&reading->json, value, err) ? -1 : 1;
    rc = read_report(reading, place, &report, err);
    if (rc)
        return rc;
    item = list_add(&reading->reports, reading->arena);
    if (!item)
        return arena_error(reading->arena, err);
    *item = report;
    return 0;
}

/* The report that a finding about the whole text goes to: the last one. */
static void note_last(struct reading *reading, enum report_finding finding)
{
    struct report *reports = (struct report *)(void *)reading->reports.items;

    reading->report = &reports[reading->reports.n_items - 1];
    reading_note(reading, finding, NULL, nothing);
}

/* An array at the root: its elements are the reports. */
static int read_root_array(struct reading *reading, struct err *err)
{
    struct json_value value;
    size_t index = 0;
    bool has_other = false;
    int rc;

    while ((rc = json_array_next(&reading->json, &value, err)) == 0) {
        struct place here = place_element(NULL, index++);

        rc = add_report(reading, &here, &value, err);
        if (rc < 0)
            return -1;
        has_other = has_other || rc;
    }
    if (rc < 0)
        return -1;
    if (reading->reports.n_items == 0)
        return 1;
    if (has_other)
        note_last(reading, REPORT_FINDING_ELEMENT_IGNORED);
    return 0;
}

static void note_each(struct reading *reading, enum report_finding finding)
{
    struct report *reports = (struct report *)(void *)reading->reports.items;

    for (size_t i = 0; i < reading->reports.n_items; i++) {
        reading->report = &reports[i];
        reading_note(reading, finding, NULL, nothing);
    }
}

static int no_report(struct err *err)
{
    return err_set(err, ERR_INPUT,
                   "JSON, but no TLS report: it has no policies "
                   "(RFC 8460 section 4.4)");
}

/*
 * Reads value after value. What cannot be read behind a report is no reason to
 * lose the report, unless memory or a limit stopped us.
 */
static int read_all(struct reading *reading, struct err *err)
{
    bool has_array = false, has_other = false;
    struct json_value value;
    int rc;

    while (!has_other && (rc = json_read(&reading->json, &value, err)) == 0) {
        if (value.type == JSON_ARRAY) {
            has_array = true;
            rc = read_root_array(reading, err);
        } else {
            rc = add_report(reading, NULL, &value, err);
        }
        if (rc < 0)
            break;
        has_other = rc > 0;
    }
    if (reading->reports.n_items == 0)
        return rc < 0 ? -1 : no_report(err);
    if (rc < 0 && err->kind != ERR_INPUT)
        return -1;
    if (rc < 0 || has_other)
        note_last(reading, REPORT_FINDING_TEXT_AFTER);
    if (has_array || reading->reports.n_items > 1)
        note_each(reading, REPORT_FINDING_REPORTS_SEVERAL);
    return 0;
}

static void reading_init(struct reading *reading, struct arena *arena,
                         const struct report_origin *origin)
{
    static const struct report_origin none = { 0 };

    reading->arena = arena;
    reading->origin = origin ? origin : &none;
    list_init_with(&reading->reports, sizeof(struct report),
                   reading->first_reports, 1);
    list_init_with(&reading->policies, sizeof(struct report_policy),
                   reading->first_policies, 4);
    list_init_with(&reading->spots, sizeof(size_t), reading->first_spots, 4);
    list_init_with(&reading->failures, sizeof(struct report_failure),
                   reading->first_failures, 16);
    list_init_with(&reading->texts, sizeof(const char *), reading->first_texts,
                   16);
}

static void reading_deinit(struct reading *reading)
{
    list_deinit(&reading->reports);
    list_deinit(&reading->policies);
    list_deinit(&reading->spots);
    list_deinit(&reading->failures);
    list_deinit(&reading->texts);
}

int report_read(struct arena *arena, char *text, size_t len,
                const struct report_origin *origin,
                struct report_list *out_list, struct err *err)
{
    struct reading reading;
    struct report_list list;
    struct err own;
    int rc;

    reading_init(&reading, arena, origin);
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    json_reader_init(&reading.json, text, len, REPORT_MAX_DEPTH, arena);
    own.kind = ERR_NONE;
    rc = read_all(&reading, &own);
    if (rc == 0) {
        list.reports = list_move(&reading.reports, arena, &list.n_reports);
        rc = list.reports ? 0 : arena_error(arena, &own);
    }
    if (rc == 0)
        *out_list = list;
    else if (err)
        *err = own;
    reading_deinit(&reading);
    return rc;
}
