/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "report/detail.h"

#include "policy/result_type.h"
#include "report/member.h"
#include "report/value.h"

static const struct slice nothing = { NULL, 0 };

enum field {
    FIELD_RESULT_TYPE,
    FIELD_SENDING_IP,
    FIELD_MX_HOSTNAME,
    FIELD_MX_HELO,
    FIELD_RECEIVING_IP,
    FIELD_SESSIONS,
    FIELD_INFORMATION,
    FIELD_REASON
};

/* A detail while it is read. */
struct entry {
    struct report_failure failure;
    enum result_type type;
};

static int read_result_type(struct reading *reading, void *object,
                            const struct place *place,
                            const struct json_value *value, struct err *err)
{
    struct entry *entry = object;
    struct report_failure *failure = &entry->failure;
    struct slice text;

    if (value_read_text(reading, place, value, &failure->result_type, err))
        return -1;
    text = slice_of(failure->result_type);
    if (text.len == 0)
        return 0;
    entry->type = result_type_parse(text);
    if (entry->type == RESULT_TYPE_OTHER)
        reading_note(reading, REPORT_FINDING_RESULT_TYPE_UNKNOWN, place, text);
    else if (!slice_equal(slice_of(result_type_name(entry->type)), text))
        reading_note(reading, REPORT_FINDING_RESULT_TYPE_FORM, place, text);
    return 0;
}

static int read_sending_ip(struct reading *reading, void *object,
                           const struct place *place,
                           const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;

    return value_read_address(reading, place, value, &failure->sending_mta_ip,
                              err);
}

static int read_mx_hostname(struct reading *reading, void *object,
                            const struct place *place,
                            const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;
    const char *name = NULL;

    if (value_read_domain(reading, place, value, &name, err))
        return -1;
    failure->receiving_mx_hostname = name && name[0] ? name : NULL;
    return 0;
}

/* Some senders put the whole EHLO reply here: its first line is the name. */
static int read_mx_helo(struct reading *reading, void *object,
                        const struct place *place,
                        const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;
    const char *text = NULL;
    struct slice first;

    if (value_read_text(reading, place, value, &text, err))
        return -1;
    if (text && strpbrk(text, "\r\n")) {
        reading_note(reading, REPORT_FINDING_HELO_MULTILINE, place, nothing);
        first = slice_of(text);
        first.len = strcspn(text, "\r\n");
        text = arena_copy(reading->arena, slice_trim(first));
        if (!text)
            return arena_error(reading->arena, err);
    }
    failure->receiving_mx_helo = text;
    return 0;
}

static int read_receiving_ip(struct reading *reading, void *object,
                             const struct place *place,
                             const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;

    return value_read_address(reading, place, value, &failure->receiving_ip,
                              err);
}

static int read_sessions(struct reading *reading, void *object,
                         const struct place *place,
                         const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;

    return value_read_count(reading, place, value, &failure->sessions, err);
}

static int read_information(struct reading *reading, void *object,
                            const struct place *place,
                            const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;

    return value_read_text(reading, place, value,
                           &failure->additional_information, err);
}

static int read_reason(struct reading *reading, void *object,
                       const struct place *place,
                       const struct json_value *value, struct err *err)
{
    struct report_failure *failure = &((struct entry *)object)->failure;

    if (value_read_text(reading, place, value, &failure->failure_reason_code,
                        err))
        return -1;
    if (failure->failure_reason_code &&
        strchr(failure->failure_reason_code, ' '))
        reading_note(reading, REPORT_FINDING_REASON_TEXT, place,
                     slice_of(failure->failure_reason_code));
    return 0;
}

/* clang-format off */
static const struct member rows[] = {
    { { "result-type", 11 }, read_result_type, FIELD_RESULT_TYPE, NULL, false },
    { { "sending-mta-ip", 14 }, read_sending_ip, FIELD_SENDING_IP, NULL, false },
    { { "receiving-mx-hostname", 21 }, read_mx_hostname, FIELD_MX_HOSTNAME,
      NULL, false },
    { { "receiving-mx-helo", 17 }, read_mx_helo, FIELD_MX_HELO, NULL, false },
    { { "receiving-ip", 12 }, read_receiving_ip, FIELD_RECEIVING_IP, NULL,
      false },
    { { "failed-session-count", 20 }, read_sessions, FIELD_SESSIONS, NULL,
      false },
    { { "additional-information", 22 }, read_information, FIELD_INFORMATION,
      NULL, false },
    { { "failure-reason-code", 19 }, read_reason, FIELD_REASON, NULL, false },
    { { "receiving-mx-host-name", 22 }, read_mx_hostname, FIELD_MX_HOSTNAME,
      "receiving-mx-hostname", false },
    { { "session-count", 13 }, read_sessions, FIELD_SESSIONS,
      "failed-session-count", false },
    { { "additional-info-uri", 19 }, read_information, FIELD_INFORMATION,
      "additional-information", false },
    { { "failure-error-code", 18 }, read_reason, FIELD_REASON,
      "failure-reason-code", false },
};
/* clang-format on */

static const struct member_table table = MEMBER_TABLE(rows);

/* Failures of a policy look-up happen before any connection. */
static bool needs_address(enum result_type type)
{
    return type != RESULT_TYPE_STS_POLICY_FETCH_ERROR &&
           type != RESULT_TYPE_STS_POLICY_INVALID &&
           type != RESULT_TYPE_STS_WEBPKI_INVALID &&
           type != RESULT_TYPE_DNSSEC_INVALID &&
           type != RESULT_TYPE_DANE_REQUIRED;
}

/* What a detail should have and has not. */
static void check_detail(struct reading *reading, const struct place *place,
                         const struct entry *entry, unsigned fields)
{
    if (!entry->failure.result_type[0])
        reading_note_member(reading, REPORT_FINDING_RESULT_TYPE_MISSING, place,
                            "result-type", nothing);
    if (!(fields & 1u << FIELD_SESSIONS))
        reading_note_member(reading, REPORT_FINDING_COUNT_MISSING, place,
                            "failed-session-count", nothing);
    if (!(fields & 1u << FIELD_SENDING_IP) && needs_address(entry->type))
        reading_note_member(reading, REPORT_FINDING_SENDING_ADDRESS_MISSING,
                            place, "sending-mta-ip", nothing);
}

static int read_detail(struct reading *reading, const struct place *place,
                       struct err *err)
{
    struct entry entry = { .type = RESULT_TYPE_OTHER };
    struct report_failure *item;
    struct member_seen seen = { 0 };

    if (member_read_object(reading, place, &table, &entry, &seen, err))
        return -1;
    if (!entry.failure.result_type)
        entry.failure.result_type = "";
    check_detail(reading, place, &entry, seen.fields);
    item = list_add(&reading->failures, reading->arena);
    if (!item)
        return arena_error(reading->arena, err);
    *item = entry.failure;
    return 0;
}

static int read_elements(struct reading *reading, const struct place *place,
                         struct err *err)
{
    struct json_value value;
    size_t index = 0;
    int rc;

    while ((rc = json_array_next(&reading->json, &value, err)) == 0) {
        struct place here = place_element(place, index++);

        if (value.type == JSON_OBJECT) {
            rc = read_detail(reading, &here, err);
        } else {
            reading_note(reading, REPORT_FINDING_ELEMENT_IGNORED, &here,
                         nothing);
            rc = json_skip(&reading->json, &value, err);
        }
        if (rc)
            return -1;
    }
    return rc < 0 ? -1 : 0;
}

int detail_read_array(struct reading *reading, struct report_policy *policy,
                      const struct place *place, const struct json_value *value,
                      struct err *err)
{
    int rc;

    if (value->type == JSON_ARRAY) {
        rc = read_elements(reading, place, err);
    } else if (value->type == JSON_OBJECT) {
        reading_note(reading, REPORT_FINDING_ARRAY_EXPECTED, place, nothing);
        rc = read_detail(reading, place, err);
    } else {
        reading_note(reading, REPORT_FINDING_VALUE_TYPE, place, nothing);
        return 0;
    }
    if (rc)
        return -1;
    policy->failures =
        list_move(&reading->failures, reading->arena, &policy->n_failures);
    if (!policy->failures && reading->failures.n_items)
        return arena_error(reading->arena, err);
    return 0;
}
