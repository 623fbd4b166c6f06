/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "event/event.h"
#include "policy/policy_type.h"
#include "policy/result_type.h"

static const struct {
    int number;
    enum policy_type type;
} policies[] = {
    { EVENT_POLICY_TLSA, POLICY_TYPE_TLSA },
    { EVENT_POLICY_STS, POLICY_TYPE_STS },
    { EVENT_POLICY_NONE, POLICY_TYPE_NONE },
};

static const struct {
    int number;
    enum result_type type;
} results[] = {
    { EVENT_RESULT_STARTTLS_NOT_SUPPORTED, RESULT_TYPE_STARTTLS_NOT_SUPPORTED },
    { EVENT_RESULT_CERTIFICATE_HOST_MISMATCH,
      RESULT_TYPE_CERTIFICATE_HOST_MISMATCH },
    { EVENT_RESULT_CERTIFICATE_NOT_TRUSTED,
      RESULT_TYPE_CERTIFICATE_NOT_TRUSTED },
    { EVENT_RESULT_CERTIFICATE_EXPIRED, RESULT_TYPE_CERTIFICATE_EXPIRED },
    { EVENT_RESULT_VALIDATION_FAILURE, RESULT_TYPE_VALIDATION_FAILURE },
    { EVENT_RESULT_STS_POLICY_FETCH_ERROR, RESULT_TYPE_STS_POLICY_FETCH_ERROR },
    { EVENT_RESULT_STS_POLICY_INVALID, RESULT_TYPE_STS_POLICY_INVALID },
    { EVENT_RESULT_STS_WEBPKI_INVALID, RESULT_TYPE_STS_WEBPKI_INVALID },
    { EVENT_RESULT_TLSA_INVALID, RESULT_TYPE_TLSA_INVALID },
    { EVENT_RESULT_DNSSEC_INVALID, RESULT_TYPE_DNSSEC_INVALID },
    { EVENT_RESULT_DANE_REQUIRED, RESULT_TYPE_DANE_REQUIRED },
};

enum {
    N_POLICIES = sizeof(policies) / sizeof(policies[0]),
    N_RESULTS = sizeof(results) / sizeof(results[0]),
    MAX_DIGITS = 9 /* what an int surely holds */
};

const char *event_policy_name(int type)
{
    for (size_t i = 0; i < N_POLICIES; i++) {
        if (policies[i].number == type)
            return policy_type_name(policies[i].type);
    }
    return NULL;
}

const char *event_result_name(int code)
{
    for (size_t i = 0; i < N_RESULTS; i++) {
        if (results[i].number == code)
            return result_type_name(results[i].type);
    }
    return NULL;
}

/* Returns: the number that text is; -1 where it is none. */
static int parse_number(struct slice text)
{
    int number = 0;

    if (text.len == 0 || text.len > MAX_DIGITS)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

int event_policy_number(struct slice text)
{
    enum policy_type type = policy_type_parse(text);

    for (size_t i = 0; i < N_POLICIES; i++) {
        if (policies[i].type == type)
            return policies[i].number;
    }
    return parse_number(text);
}

int event_result_number(struct slice text)
{
    enum result_type type = result_type_parse(text);

    for (size_t i = 0; i < N_RESULTS; i++) {
        if (results[i].type == type)
            return results[i].number;
    }
    return parse_number(text);
}
