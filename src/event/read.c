/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <limits.h>

#include "event/event.h"
#include "event/limits.h"
#include "json/reader.h"

/* A datagram while it is read. */
struct reading {
    struct json_reader json;
    struct arena *arena;
    struct err *err;
    unsigned oddities;
};

/* What members of an object have been there; the first of two counts. */
typedef unsigned seen_members;

/* ---- Values -------------------------------------------------------------- */

static int refuse(struct reading *reading, const char *member, const char *what)
{
    err_set(reading->err, ERR_INPUT, "\"%s\" %s", member, what);
    if (reading->err)
        reading->err->offset = json_offset(&reading->json);
    return -1;
}

/*
 * Tells whether the member of that bit comes for the first time. What comes
 * again is an oddity, and to be skipped.
 */
static bool is_first(struct reading *reading, seen_members *seen, unsigned bit)
{
    bool is_new = !(*seen & bit);

    *seen |= bit;
    if (!is_new)
        reading->oddities |= EVENT_ODD_MEMBER;
    return is_new;
}

/* Reads past a value of a member that nobody knows, or that came before. */
static int skip(struct reading *reading, const struct json_value *value)
{
    reading->oddities |= EVENT_ODD_MEMBER;
    return json_skip(&reading->json, value, reading->err);
}

/* null means absent, as no member at all does. */
static inline int take_text(struct reading *reading, const char *member,
                            const struct json_value *value, const char **out)
{
    if (value->type == JSON_STRING)
        *out = value->text;
    else if (value->type != JSON_NULL)
        return refuse(reading, member, "is no string");
    return 0;
}

static inline int take_number(struct reading *reading, const char *member,
                              const struct json_value *value, int *out)
{
    int64_t number;

    if (value->type != JSON_NUMBER ||
        json_integer(slice_make(value->text, value->len), &number) !=
            JSON_INTEGER_PLAIN ||
        number > INT_MAX)
        return refuse(reading, member, "is no number of the format");
    *out = (int)number;
    return 0;
}

/*
 * Makes room for one more item behind n, in an array that doubles: the first
 * room is for FIRST_ITEMS, and an array of that many or twice, four times as
 * many is full.
 * Returns: the array, moved where it was full; NULL with err.
 */
static void *make_room(struct reading *reading, void *items, size_t n,
                       size_t item_bytes)
{
    enum { FIRST_ITEMS = 4 };
    void *bigger;

    if (n < FIRST_ITEMS ? n > 0 : (n & (n - 1)) != 0)
        return items;
    bigger =
        arena_alloc(reading->arena, (n ? 2 * n : FIRST_ITEMS) * item_bytes);
    if (!bigger)
        arena_error(reading->arena, reading->err);
    else if (n)
        memcpy(bigger, items, n * item_bytes);
    return bigger;
}

static int too_many(struct reading *reading, const char *member, int limit)
{
    err_set(reading->err, ERR_LIMIT, "\"%s\" has more than %d elements", member,
            limit);
    return -1;
}

/* Reads an array of strings, or null. */
static int take_texts(struct reading *reading, const char *member,
                      const struct json_value *value, const char ***out,
                      size_t *out_n)
{
    const char **texts = NULL;
    struct json_value element;
    size_t n = 0;
    int rc;

    if (value->type == JSON_NULL)
        return 0;
    if (value->type != JSON_ARRAY)
        return refuse(reading, member, "is no array");
    while ((rc = json_array_next(&reading->json, &element, reading->err)) ==
           0) {
        if (element.type != JSON_STRING)
            return refuse(reading, member, "holds what is no string");
        if (n == EVENT_MAX_STRINGS)
            return too_many(reading, member, EVENT_MAX_STRINGS);
        texts = make_room(reading, texts, n, sizeof(*texts));
        if (!texts)
            return -1;
        texts[n++] = element.text;
    }
    *out = texts;
    *out_n = n;
    return rc < 0 ? -1 : 0;
}

/* ---- A failure ----------------------------------------------------------- */

enum {
    FAILURE_CODE = 1 << 0,
    FAILURE_SENDER = 1 << 1,
    FAILURE_HOST = 1 << 2,
    FAILURE_HELO = 1 << 3,
    FAILURE_RECEIVER = 1 << 4,
    FAILURE_INFORMATION = 1 << 5,
    FAILURE_REASON = 1 << 6
};

/* The text of a failure that a member holds, by the one letter of its name. */
static const char **failure_text(struct event_failure *failure, char letter,
                                 unsigned *out_bit)
{
    switch (letter) {
    case 's': *out_bit = FAILURE_SENDER; return &failure->sending_mta_ip;
    case 'n': *out_bit = FAILURE_HOST; return &failure->receiving_mx_hostname;
    case 'h': *out_bit = FAILURE_HELO; return &failure->receiving_mx_helo;
    case 'r': *out_bit = FAILURE_RECEIVER; return &failure->receiving_ip;
    case 'a':
        *out_bit = FAILURE_INFORMATION;
        return &failure->additional_information;
    case 'f': *out_bit = FAILURE_REASON; return &failure->failure_reason_code;
    default: return NULL;
    }
}

static int take_failure_member(struct reading *reading,
                               struct event_failure *failure,
                               seen_members *seen, struct slice name,
                               const struct json_value *value)
{
    char letter = name.len == 1 ? name.ptr[0] : '\0';
    const char **text;
    unsigned bit;

    if (letter == 'c' && is_first(reading, seen, FAILURE_CODE))
        return take_number(reading, "c", value, &failure->code);
    text = failure_text(failure, letter, &bit);
    if (text && is_first(reading, seen, bit))
        return take_text(reading, name.ptr, value, text);
    return skip(reading, value);
}

static int take_failure(struct reading *reading, struct event_failure *failure)
{
    seen_members seen = 0;
    struct json_value value;
    struct slice name;
    int rc;

    *failure = (struct event_failure){ .code = 0 };
    while ((rc = json_object_next(&reading->json, &name, &value,
                                  reading->err)) == 0) {
        if (take_failure_member(reading, failure, &seen, name, &value))
            return -1;
    }
    if (rc < 0)
        return -1;
    if (!(seen & FAILURE_CODE))
        return refuse(reading, "c", "is missing");
    if (!event_result_name(failure->code))
        reading->oddities |= EVENT_ODD_RESULT;
    return 0;
}

static int take_failures(struct reading *reading, struct event_policy *policy,
                         const struct json_value *value)
{
    struct json_value element;
    int rc;

    if (value->type == JSON_NULL)
        return 0;
    if (value->type != JSON_ARRAY)
        return refuse(reading, "failure-details", "is no array");
    while ((rc = json_array_next(&reading->json, &element, reading->err)) ==
           0) {
        if (element.type != JSON_OBJECT)
            return refuse(reading, "failure-details", "holds no object");
        if (policy->n_failures == EVENT_MAX_FAILURES)
            return too_many(reading, "failure-details", EVENT_MAX_FAILURES);
        policy->failures =
            make_room(reading, policy->failures, policy->n_failures,
                      sizeof(*policy->failures));
        if (!policy->failures)
            return -1;
        if (take_failure(reading, &policy->failures[policy->n_failures]))
            return err_prefix(reading->err, "failure %zu",
                              policy->n_failures + 1);
        policy->n_failures++;
    }
    return rc < 0 ? -1 : 0;
}

/* ---- A policy ------------------------------------------------------------ */

enum {
    POLICY_TYPE = 1 << 0,
    POLICY_DOMAIN = 1 << 1,
    POLICY_STRING = 1 << 2,
    POLICY_MX_HOST = 1 << 3,
    POLICY_FAILURES = 1 << 4,
    POLICY_COUNT = 1 << 5,
    POLICY_VERDICT = 1 << 6
};

/* What a policy says of itself, to hold against its details. */
struct claim {
    seen_members seen;
    int n_failures; /* "t", -1 where it is no number */
    int verdict;    /* "f" */
};

/* By length first: then each name is compared with one other, inline. */
static unsigned policy_member(struct slice name)
{
    switch (name.len) {
    case 1:
        return name.ptr[0] == 't'   ? POLICY_COUNT
               : name.ptr[0] == 'f' ? POLICY_VERDICT
                                    : 0;
    case 7: return memcmp(name.ptr, "mx-host", 7) ? 0 : POLICY_MX_HOST;
    case 11: return memcmp(name.ptr, "policy-type", 11) ? 0 : POLICY_TYPE;
    case 13:
        if (memcmp(name.ptr, "policy-domain", 13) == 0)
            return POLICY_DOMAIN;
        return memcmp(name.ptr, "policy-string", 13) ? 0 : POLICY_STRING;
    case 15:
        return memcmp(name.ptr, "failure-details", 15) ? 0 : POLICY_FAILURES;
    default: return 0;
    }
}

static int take_policy_member(struct reading *reading,
                              struct event_policy *policy, struct claim *claim,
                              struct slice name, const struct json_value *value)
{
    unsigned bit = policy_member(name);

    if (!bit || !is_first(reading, &claim->seen, bit))
        return skip(reading, value);
    switch (bit) {
    case POLICY_TYPE:
        return take_number(reading, "policy-type", value, &policy->type);
    case POLICY_DOMAIN:
        return take_text(reading, "policy-domain", value, &policy->domain);
    case POLICY_STRING:
        return take_texts(reading, "policy-string", value, &policy->strings,
                          &policy->n_strings);
    case POLICY_MX_HOST:
        return take_texts(reading, "mx-host", value, &policy->mx_hosts,
                          &policy->n_mx_hosts);
    case POLICY_FAILURES: return take_failures(reading, policy, value);
    case POLICY_COUNT:
        return take_number(reading, "t", value, &claim->n_failures);
    default: return take_number(reading, "f", value, &claim->verdict);
    }
}

/* A verdict that is missing follows from the details. RFC 8460 section 4.4 lets
 * a policy have details and no failed session. */
static void judge(struct reading *reading, struct event_policy *policy,
                  const struct claim *claim)
{
    bool has_details = policy->n_failures > 0;

    policy->is_failure =
        claim->seen & POLICY_VERDICT ? claim->verdict != 0 : has_details;
    if (!(claim->seen & POLICY_VERDICT) || claim->verdict > 1 ||
        (policy->is_failure && !has_details))
        reading->oddities |= EVENT_ODD_VERDICT;
    if ((claim->seen & POLICY_COUNT) &&
        (size_t)claim->n_failures != policy->n_failures)
        reading->oddities |= EVENT_ODD_COUNT;
    if (!event_policy_name(policy->type))
        reading->oddities |= EVENT_ODD_TYPE;
}

static int take_policy(struct reading *reading, struct event_policy *policy)
{
    struct claim claim = { .seen = 0 };
    struct json_value value;
    struct slice name;
    int rc;

    *policy = (struct event_policy){ .type = 0 };
    while ((rc = json_object_next(&reading->json, &name, &value,
                                  reading->err)) == 0) {
        if (take_policy_member(reading, policy, &claim, name, &value))
            return -1;
    }
    if (rc < 0)
        return -1;
    if (!(claim.seen & POLICY_TYPE))
        return refuse(reading, "policy-type", "is missing");
    judge(reading, policy, &claim);
    return 0;
}

static int take_policies(struct reading *reading, struct event *event,
                         const struct json_value *value)
{
    struct json_value element;
    int rc;

    if (value->type != JSON_ARRAY)
        return refuse(reading, "policies", "is no array");
    while ((rc = json_array_next(&reading->json, &element, reading->err)) ==
           0) {
        if (element.type != JSON_OBJECT)
            return refuse(reading, "policies", "holds what is no object");
        if (event->n_policies == EVENT_MAX_POLICIES)
            return too_many(reading, "policies", EVENT_MAX_POLICIES);
        event->policies = make_room(reading, event->policies, event->n_policies,
                                    sizeof(*event->policies));
        if (!event->policies)
            return -1;
        if (take_policy(reading, &event->policies[event->n_policies]))
            return err_prefix(reading->err, "policy %zu",
                              event->n_policies + 1);
        event->n_policies++;
    }
    return rc < 0 ? -1 : 0;
}

/* ---- The datagram -------------------------------------------------------- */

enum {
    EVENT_VERSION = 1 << 0,
    EVENT_DOMAIN = 1 << 1,
    EVENT_RECORD = 1 << 2,
    EVENT_POLICIES = 1 << 3
};

/* Whatever "dpv" holds, the session counts. */
static int take_version(struct reading *reading, struct event *event,
                        const struct json_value *value)
{
    event->version = value->type == JSON_STRING ? value->text : "";
    if (strcmp(event->version, "1") != 0)
        reading->oddities |= EVENT_ODD_VERSION;
    return json_skip(&reading->json, value, reading->err);
}

static int take_member(struct reading *reading, struct event *event,
                       seen_members *seen, struct slice name,
                       const struct json_value *value)
{
    if (slice_equal(name, SLICE("dpv")) &&
        is_first(reading, seen, EVENT_VERSION))
        return take_version(reading, event, value);
    if (slice_equal(name, SLICE("d")) && is_first(reading, seen, EVENT_DOMAIN))
        return take_text(reading, "d", value, &event->domain);
    if (slice_equal(name, SLICE("pr")) && is_first(reading, seen, EVENT_RECORD))
        return take_text(reading, "pr", value, &event->record);
    if (slice_equal(name, SLICE("policies")) &&
        is_first(reading, seen, EVENT_POLICIES))
        return take_policies(reading, event, value);
    return skip(reading, value);
}

/* What has to be there. */
static int check_whole(struct reading *reading, const struct event *event)
{
    if (!event->domain || !*event->domain)
        return refuse(reading, "d", "is missing or empty");
    if (!event->record || !*event->record)
        return refuse(reading, "pr", "is missing or empty");
    if (event->n_policies == 0)
        return refuse(reading, "policies", "is missing or empty");
    if (strlen(event->record) > EVENT_MAX_RECORD_BYTES)
        return err_set(reading->err, ERR_LIMIT, "\"pr\" has over %d octets",
                       EVENT_MAX_RECORD_BYTES);
    return 0;
}

static int take_event(struct reading *reading, struct event *event)
{
    struct json_reader *json = &reading->json;
    seen_members seen = 0;
    struct json_value value;
    struct slice name;
    int rc = json_read(json, &value, reading->err);

    if (rc < 0)
        return -1;
    if (rc > 0)
        return err_set(reading->err, ERR_INPUT, "the datagram is empty");
    if (value.type != JSON_OBJECT)
        return err_set(reading->err, ERR_INPUT,
                       "the datagram is no JSON object");
    while ((rc = json_object_next(json, &name, &value, reading->err)) == 0) {
        if (take_member(reading, event, &seen, name, &value))
            return -1;
    }
    if (rc < 0 || check_whole(reading, event))
        return -1;
    rc = json_read(json, &value, NULL);
    return rc > 0 ? 0
                  : err_set(reading->err, ERR_INPUT,
                            "there is text behind the object");
}

int event_read(struct arena *arena, char *text, size_t len, struct event *out,
               struct err *err)
{
    struct reading reading = { .arena = arena, .err = err };
    struct event event = { .version = NULL };

    if (len > EVENT_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "the datagram has over %d octets",
                       EVENT_MAX_BYTES);
    /* Some client may send the NUL of its string, too. */
    while (len && text[len - 1] == '\0')
        len--;
    json_reader_init(&reading.json, text, len, EVENT_MAX_DEPTH, arena);
    if (take_event(&reading, &event))
        return -1;
    if (reading.json.quirks)
        reading.oddities |= EVENT_ODD_UTF8;
    event.oddities = reading.oddities;
    *out = event;
    return 0;
}

/* ---- Parts of it --------------------------------------------------------- */

/* Reads the opening of the one object of a text. */
static int begin_part(struct reading *reading, char *text, size_t len)
{
    struct json_value value;
    int rc;

    if (len > EVENT_MAX_BYTES)
        return err_set(reading->err, ERR_LIMIT, "it has over %d octets",
                       EVENT_MAX_BYTES);
    json_reader_init(&reading->json, text, len, EVENT_MAX_DEPTH,
                     reading->arena);
    rc = json_read(&reading->json, &value, reading->err);
    if (rc < 0)
        return -1;
    return rc == 0 && value.type == JSON_OBJECT
               ? 0
               : err_set(reading->err, ERR_INPUT, "it is no JSON object");
}

static int end_part(struct reading *reading)
{
    struct json_value value;

    return json_read(&reading->json, &value, NULL) > 0
               ? 0
               : err_set(reading->err, ERR_INPUT,
                         "there is text behind the object");
}

int event_policy_read(struct arena *arena, char *text, size_t len,
                      struct event_policy *out, struct err *err)
{
    struct reading reading = { .arena = arena, .err = err };
    struct event_policy policy;

    if (begin_part(&reading, text, len) || take_policy(&reading, &policy) ||
        end_part(&reading))
        return -1;
    *out = policy;
    return 0;
}

int event_failure_read(struct arena *arena, char *text, size_t len,
                       struct event_failure *out, struct err *err)
{
    struct reading reading = { .arena = arena, .err = err };
    struct event_failure failure;

    if (begin_part(&reading, text, len) || take_failure(&reading, &failure) ||
        end_part(&reading))
        return -1;
    *out = failure;
    return 0;
}
