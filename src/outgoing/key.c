/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/key.h"

#include "base/list.h"
#include "policy/result_type.h"
#include "json/reader.h"

enum { KEY_DEPTH = 8 };

/* What stands where RFC 8460 section 4.3 wants a code and there is none. */
static const char no_reason[] = "unspecified";

static int begin(struct json_reader *reader, struct arena *arena,
                 struct slice key, struct err *err)
{
    char *text = arena_copy(arena, key);
    struct json_value value;
    int status;

    if (!text)
        return arena_error(arena, err);
    json_reader_init(reader, text, key.len, KEY_DEPTH, arena);
    status = json_read(reader, &value, err);
    if (status < 0)
        return -1;
    if (status > 0 || value.type != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a key of a sum is no JSON object");
    return 0;
}

static const char *text_of(const struct json_value *value)
{
    return value->type == JSON_STRING && value->len ? value->text : NULL;
}

/* ---- Policies ------------------------------------------------------------ */

static int read_texts(struct json_reader *reader,
                      const struct json_value *value, const char ***out_texts,
                      size_t *out_n, struct err *err)
{
    const char *room[16];
    struct json_value item;
    struct list list;
    int status;

    if (value->type != JSON_ARRAY)
        return json_skip(reader, value, err);
    list_init_with(&list, sizeof(const char *), room, 16);
    while ((status = json_array_next(reader, &item, err)) == 0) {
        const char **slot = list_add(&list, reader->arena);

        if (!slot || json_skip(reader, &item, err)) {
            list_deinit(&list);
            return slot ? -1 : arena_error(reader->arena, err);
        }
        *slot = item.type == JSON_STRING ? item.text : "";
    }
    *out_texts = list_move(&list, reader->arena, out_n);
    if (status > 0 && list.n_items)
        status = arena_error(reader->arena, err);
    list_deinit(&list);
    return status < 0 ? -1 : 0;
}

static int read_policy_member(struct json_reader *reader, struct slice name,
                              const struct json_value *value,
                              struct report_policy *policy, struct err *err)
{
    if (slice_equal(name, SLICE("policy-string")))
        return read_texts(reader, value, &policy->strings, &policy->n_strings,
                          err);
    if (slice_equal(name, SLICE("mx-host")))
        return read_texts(reader, value, &policy->mx_hosts, &policy->n_mx_hosts,
                          err);
    if (slice_equal(name, SLICE("policy-domain")))
        policy->domain = text_of(value);
    else if (slice_equal(name, SLICE("policy-type")) &&
             value->type == JSON_STRING)
        policy->type = policy_type_parse(slice_make(value->text, value->len));
    return json_skip(reader, value, err);
}

int outgoing_key_policy(struct arena *arena, struct slice key,
                        const char *domain, struct report_policy *out_policy,
                        bool *out_is_odd, struct err *err)
{
    struct report_policy policy = { .type = POLICY_TYPE_OTHER };
    struct json_reader reader;
    struct json_value value;
    struct slice name;
    int status;

    if (begin(&reader, arena, key, err))
        return -1;
    while ((status = json_object_next(&reader, &name, &value, err)) == 0) {
        if (read_policy_member(&reader, name, &value, &policy, err))
            return -1;
    }
    if (status < 0)
        return -1;
    *out_is_odd = policy.type == POLICY_TYPE_OTHER || !policy.domain;
    if (policy.type == POLICY_TYPE_OTHER) {
        policy.type = POLICY_TYPE_NONE;
        policy.n_strings = 0;
    }
    /* RFC 8460 section 4.4: mx-host is of sts alone. */
    if (policy.type != POLICY_TYPE_STS)
        policy.n_mx_hosts = 0;
    if (!policy.domain)
        policy.domain = domain;
    policy.type_text = policy_type_name(policy.type);
    policy.subject_domain = domain;
    *out_policy = policy;
    return 0;
}

/* ---- Details ------------------------------------------------------------- */

/* Where the text of a member goes; NULL for one that nobody knows. */
static const char **detail_slot(struct report_failure *failure,
                                struct slice name)
{
    const struct {
        struct slice name;
        const char **slot;
    } slots[] = {
        { SLICE("result-type"), &failure->result_type },
        { SLICE("sending-mta-ip"), &failure->sending_mta_ip },
        { SLICE("receiving-mx-hostname"), &failure->receiving_mx_hostname },
        { SLICE("receiving-mx-helo"), &failure->receiving_mx_helo },
        { SLICE("receiving-ip"), &failure->receiving_ip },
        { SLICE("additional-information"), &failure->additional_information },
        { SLICE("failure-reason-code"), &failure->failure_reason_code },
    };

    for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++) {
        if (slice_equal(slots[i].name, name))
            return slots[i].slot;
    }
    return NULL;
}

/* A result type that has no name: its number, as it stands in the key. */
static int name_result(struct arena *arena, struct slice number,
                       struct report_failure *failure, struct err *err)
{
    failure->result_type = result_type_name(RESULT_TYPE_VALIDATION_FAILURE);
    if (failure->failure_reason_code || number.len == 0)
        return 0;
    failure->failure_reason_code =
        arena_printf(arena, "result-type-%.*s", (int)number.len, number.ptr);
    return failure->failure_reason_code ? 0 : arena_error(arena, err);
}

/* RFC 8460 sections 4.3.1 and 4.3.3: these two come with a reason code. */
static void give_reason(struct report_failure *failure)
{
    const enum result_type type =
        result_type_parse(slice_of(failure->result_type));

    if (!failure->failure_reason_code &&
        (type == RESULT_TYPE_CERTIFICATE_NOT_TRUSTED ||
         type == RESULT_TYPE_VALIDATION_FAILURE))
        failure->failure_reason_code = no_reason;
}

int outgoing_key_detail(struct arena *arena, struct slice key,
                        struct report_failure *out_failure, bool *out_is_odd,
                        struct err *err)
{
    struct report_failure failure = { .result_type = NULL };
    struct slice number = { NULL, 0 };
    struct json_reader reader;
    struct json_value value;
    struct slice name;
    int status;

    if (begin(&reader, arena, key, err))
        return -1;
    while ((status = json_object_next(&reader, &name, &value, err)) == 0) {
        const char **slot = detail_slot(&failure, name);

        if (slot)
            *slot = text_of(&value);
        if (slot == &failure.result_type && value.type == JSON_NUMBER)
            number = slice_make(value.text, value.len);
        if (json_skip(&reader, &value, err))
            return -1;
    }
    if (status < 0)
        return -1;
    *out_is_odd = !failure.result_type;
    if (!failure.result_type && name_result(arena, number, &failure, err))
        return -1;
    give_reason(&failure);
    *out_failure = failure;
    return 0;
}
