/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/policy.h"

#include "report/detail.h"
#include "report/value.h"

static const struct slice nothing = { NULL, 0 };

/* Fields of a policy, wherever a sender puts them. */
enum field {
    FIELD_POLICY,
    FIELD_SUMMARY,
    FIELD_DETAILS,
    FIELD_TYPE,
    FIELD_STRING,
    FIELD_DOMAIN,
    FIELD_MX_HOST,
    FIELD_SUCCESS,
    FIELD_FAILURE
};

static int read_type(struct reading *reading, void *object,
                     const struct place *place, const struct json_value *value,
                     struct err *err)
{
    struct policy_entry *entry = object;
    const char *text = NULL;

    if (value_read_text(reading, place, value, &text, err))
        return -1;
    if (!text || !text[0])
        return 0;
    entry->policy->type_text = text;
    entry->policy->type = policy_type_parse(slice_of(text));
    if (entry->policy->type == POLICY_TYPE_OTHER)
        reading_note(reading, REPORT_FINDING_POLICY_TYPE_UNKNOWN, place,
                     slice_of(text));
    else if (strcmp(text, policy_type_name(entry->policy->type)) != 0)
        reading_note(reading, REPORT_FINDING_POLICY_TYPE_FORM, place,
                     slice_of(text));
    return 0;
}

static int read_domain(struct reading *reading, void *object,
                       const struct place *place,
                       const struct json_value *value, struct err *err)
{
    struct policy_entry *entry = object;

    return value_read_domain(reading, place, value, &entry->policy->domain,
                             err);
}

/* Moves the gathered texts to the policy. */
static int take_texts(struct reading *reading, const char ***out, size_t *out_n,
                      struct err *err)
{
    *out = list_move(&reading->texts, reading->arena, out_n);
    if (!*out && reading->texts.n_items)
        return arena_error(reading->arena, err);
    return 0;
}

static int read_strings(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct policy_entry *entry = object;

    if (value_read_lines(reading, place, value, err))
        return -1;
    return take_texts(reading, &entry->policy->strings,
                      &entry->policy->n_strings, err);
}

static int read_mx_host(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct policy_entry *entry = object;

    if (value_read_hosts(reading, place, value, err))
        return -1;
    return take_texts(reading, &entry->policy->mx_hosts,
                      &entry->policy->n_mx_hosts, err);
}

static int read_success(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct policy_entry *entry = object;

    return value_read_count(reading, place, value,
                            &entry->policy->success_sessions, err);
}

static int read_failure(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct policy_entry *entry = object;

    return value_read_count(reading, place, value,
                            &entry->policy->failure_sessions, err);
}

static int read_details(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct policy_entry *entry = object;

    return detail_read_array(reading, entry->policy, place, value, err);
}

/* Reads an object by a table, or notes that the value is none. */
static int read_object(struct reading *reading, struct policy_entry *entry,
                       const struct place *place,
                       const struct json_value *value,
                       const struct member_table *table, struct err *err)
{
    if (value->type != JSON_OBJECT) {
        reading_note(reading, REPORT_FINDING_OBJECT_EXPECTED, place, nothing);
        return json_skip(&reading->json, value, err);
    }
    return member_read_object(reading, place, table, entry, &entry->seen, err);
}

/* The two counts by all their names; `flat` where they stand outside summary. */
#define COUNT_ROWS(flat)                                                       \
    { { "total-successful-session-count", 30 },                                \
      read_success,                                                            \
      FIELD_SUCCESS,                                                           \
      NULL,                                                                    \
      flat },                                                                  \
        { { "total-failure-session-count", 27 },                               \
          read_failure,                                                        \
          FIELD_FAILURE,                                                       \
          NULL,                                                                \
          flat },                                                              \
        { { "success-aggregate", 17 },                                         \
          read_success,                                                        \
          FIELD_SUCCESS,                                                       \
          "total-successful-session-count",                                    \
          flat },                                                              \
    {                                                                          \
        { "failure-aggregate", 17 }, read_failure, FIELD_FAILURE,              \
            "total-failure-session-count", flat                                \
    }

/* What describes the policy; `flat` where it stands outside `policy`. */
#define POLICY_ROWS(flat)                                                      \
    { { "policy-type", 11 }, read_type, FIELD_TYPE, NULL, flat },              \
        { { "policy-string", 13 }, read_strings, FIELD_STRING, NULL, flat },   \
        { { "policy-domain", 13 }, read_domain, FIELD_DOMAIN, NULL, flat },    \
        { { "mx-host", 7 }, read_mx_host, FIELD_MX_HOST, NULL, flat },         \
        { { "mx-host-pattern", 15 },                                           \
          read_mx_host,                                                        \
          FIELD_MX_HOST,                                                       \
          "mx-host",                                                           \
          flat },                                                              \
        { { "type", 4 }, read_type, FIELD_TYPE, "policy-type", flat },         \
    {                                                                          \
        { "domain", 6 }, read_domain, FIELD_DOMAIN, "policy-domain", flat      \
    }

static const struct member summary_rows[] = { COUNT_ROWS(false) };
static const struct member_table summary_table = MEMBER_TABLE(summary_rows);

static int read_summary(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    return read_object(reading, object, place, value, &summary_table, err);
}

/* A summary within `policy` gives way to one beside it, with its counts. */
static const struct member inner_summary_rows[] = { COUNT_ROWS(true) };
static const struct member_table inner_summary_table =
    MEMBER_TABLE(inner_summary_rows);

static int read_inner_summary(struct reading *reading, void *object,
                              const struct place *place,
                              const struct json_value *value, struct err *err)
{
    return read_object(reading, object, place, value, &inner_summary_table,
                       err);
}

static const struct member inner_rows[] = {
    POLICY_ROWS(false),
    { { "summary", 7 }, read_inner_summary, FIELD_SUMMARY, NULL, true },
    { { "failure-details", 15 }, read_details, FIELD_DETAILS, NULL, true },
    COUNT_ROWS(true),
};
static const struct member_table inner_table = MEMBER_TABLE(inner_rows);

static int read_inner(struct reading *reading, void *object,
                      const struct place *place, const struct json_value *value,
                      struct err *err)
{
    return read_object(reading, object, place, value, &inner_table, err);
}

static const struct member entry_rows[] = {
    { { "policy", 6 }, read_inner, FIELD_POLICY, NULL, false },
    { { "summary", 7 }, read_summary, FIELD_SUMMARY, NULL, false },
    { { "failure-details", 15 }, read_details, FIELD_DETAILS, NULL, false },
    POLICY_ROWS(true),
    COUNT_ROWS(true),
};
static const struct member_table entry_table = MEMBER_TABLE(entry_rows);

/* What a summary should have and has not. */
static void check_counts(struct reading *reading, const struct place *place,
                         unsigned fields)
{
    const unsigned both = 1u << FIELD_SUCCESS | 1u << FIELD_FAILURE;
    struct place summary = place_member(place, SLICE("summary"));

    if (!(fields & both) && !(fields & 1u << FIELD_SUMMARY)) {
        reading_note(reading, REPORT_FINDING_SUMMARY_MISSING, &summary,
                     nothing);
        return;
    }
    if (!(fields & 1u << FIELD_SUCCESS))
        reading_note_member(reading, REPORT_FINDING_COUNT_MISSING, &summary,
                            "total-successful-session-count", nothing);
    if (!(fields & 1u << FIELD_FAILURE))
        reading_note_member(reading, REPORT_FINDING_COUNT_MISSING, &summary,
                            "total-failure-session-count", nothing);
}

/* The first MX pattern among the lines of a policy; empty where there is none. */
static struct slice find_mx_line(const struct report_policy *policy)
{
    for (size_t i = 0; i < policy->n_strings; i++) {
        const struct slice line = slice_of(policy->strings[i]);

        if (slice_starts_fold(line, SLICE("mx:")))
            return line;
    }
    return nothing;
}

/* What a policy should have and has not. `place`: where its members belong. */
static void check_policy(struct reading *reading, const struct place *place,
                         const struct policy_entry *entry)
{
    const struct report_policy *policy = entry->policy;

    if (!policy->type_text[0])
        reading_note_member(reading, REPORT_FINDING_POLICY_TYPE_MISSING, place,
                            "policy-type", nothing);
    if (!policy->domain[0])
        reading_note_member(reading, REPORT_FINDING_POLICY_DOMAIN_MISSING,
                            place, "policy-domain", nothing);
    if (policy->type != POLICY_TYPE_STS && policy->type != POLICY_TYPE_TLSA)
        return;
    if (!(entry->seen.fields & 1u << FIELD_STRING))
        reading_note_member(reading, REPORT_FINDING_POLICY_STRING_MISSING,
                            place, "policy-string", nothing);
    if (policy->type == POLICY_TYPE_STS && policy->n_mx_hosts == 0)
        reading_note_member(reading, REPORT_FINDING_MX_HOST_MISSING, place,
                            "mx-host", find_mx_line(policy));
}

void policy_begin(struct policy_entry *entry, struct report_policy *policy)
{
    *policy = (struct report_policy){ .type = POLICY_TYPE_OTHER,
                                      .type_text = "",
                                      .domain = "" };
    *entry = (struct policy_entry){ .policy = policy };
}

/* Adds a policy that stood at `spot`. */
static int add_policy(struct reading *reading,
                      const struct report_policy *policy, size_t spot,
                      struct err *err)
{
    struct report_policy *item = list_add(&reading->policies, reading->arena);
    size_t *where = list_add(&reading->spots, reading->arena);

    if (!item || !where)
        return arena_error(reading->arena, err);
    *item = *policy;
    *where = spot;
    return 0;
}

static int read_entry(struct reading *reading, const struct place *place,
                      size_t spot, struct err *err)
{
    struct place inner = place_member(place, SLICE("policy"));
    struct report_policy policy;
    struct policy_entry entry;

    policy_begin(&entry, &policy);
    if (member_read_object(reading, place, &entry_table, &entry, &entry.seen,
                           err))
        return -1;
    if (member_misplaced(&entry.seen))
        reading_note(reading, REPORT_FINDING_POLICY_FLAT, place, nothing);
    check_policy(reading,
                 entry.seen.fields & 1u << FIELD_POLICY ? &inner : place,
                 &entry);
    check_counts(reading, place, entry.seen.fields);
    return add_policy(reading, &policy, spot, err);
}

int policy_read_array(struct reading *reading, const struct place *place,
                      const struct json_value *value, struct err *err)
{
    struct json_value element;
    size_t index = 0;
    int rc;

    if (value->type == JSON_OBJECT) {
        reading_note(reading, REPORT_FINDING_ARRAY_EXPECTED, place, nothing);
        return read_entry(reading, place, READING_SPOT_OBJECT, err);
    }
    if (value->type != JSON_ARRAY) {
        reading_note(reading, REPORT_FINDING_VALUE_TYPE, place, nothing);
        return 0;
    }
    while ((rc = json_array_next(&reading->json, &element, err)) == 0) {
        struct place here = place_element(place, index);

        if (element.type == JSON_OBJECT) {
            rc = read_entry(reading, &here, index, err);
        } else {
            reading_note(reading, REPORT_FINDING_ELEMENT_IGNORED, &here,
                         nothing);
            rc = json_skip(&reading->json, &element, err);
        }
        if (rc)
            return -1;
        index++;
    }
    return rc < 0 ? -1 : 0;
}

int policy_read_draft(struct reading *reading, struct policy_entry *entry,
                      const struct place *place, const struct json_value *value,
                      struct err *err)
{
    return read_object(reading, entry, place, value, &inner_table, err);
}

int policy_read_summary(struct reading *reading, struct policy_entry *entry,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    entry->seen.fields |= 1u << FIELD_SUMMARY;
    return read_object(reading, entry, place, value, &summary_table, err);
}

int policy_take_draft(struct reading *reading, const struct place *place,
                      const struct policy_entry *entry, struct err *err)
{
    struct place inner = place_member(place, SLICE("policy"));

    check_policy(reading, &inner, entry);
    check_counts(reading, place, entry->seen.fields);
    return add_policy(reading, entry->policy, READING_SPOT_DRAFT, err);
}
