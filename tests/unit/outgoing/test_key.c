/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "row.h"

static void add(struct buffer *out, const char *text)
{
    buffer_add_format(out, "%s|", text ? text : "-");
}

static const struct {
    const char *name, *key;
    int status;
    bool is_odd;
    const char *expected; /* type|domain|n strings: each|n hosts: each| */
} policies[] = {
    { "sts",
      "{\"policy-type\":\"sts\",\"policy-string\":[\"version: STSv1\","
      "\"mode: enforce\"],\"policy-domain\":\"a.example\",\"mx-host\":"
      "[\"*.a.example\"]}",
      0, false, "sts|a.example|version: STSv1|mode: enforce|;*.a.example|" },
    { "tlsa",
      "{\"policy-type\":\"tlsa\",\"policy-string\":[\"3 1 1 AB\"],"
      "\"policy-domain\":\"mx.a.example\"}",
      0, false, "tlsa|mx.a.example|3 1 1 AB|;" },
    { "tlsa with patterns, which are of sts alone",
      "{\"policy-type\":\"tlsa\",\"policy-domain\":\"mx.a.example\","
      "\"mx-host\":[\"x\"]}",
      0, false, "tlsa|mx.a.example|;" },
    { "none", "{\"policy-type\":\"no-policy-found\",\"policy-domain\":\"b\"}",
      0, false, "no-policy-found|b|;" },
    { "no domain", "{\"policy-type\":\"no-policy-found\"}", 0, true,
      "no-policy-found|d.example|;" },
    { "a type without a name",
      "{\"policy-type\":7,\"policy-string\":[\"x\"],\"policy-domain\":\"b\"}",
      0, true, "no-policy-found|b|;" },
    { "escapes and members nobody knows",
      "{\"later\":{\"a\":[1]},\"policy-type\":\"sts\",\"policy-string\":"
      "[\"a\\tb\"],\"policy-domain\":\"b\"}",
      0, false, "sts|b|a\tb|;" },
    { "an array", "[]", -1, false, NULL },
    { "nothing", "", -1, false, NULL },
    { "half", "{\"policy-type\":", -1, false, NULL },
};

static void policies_are_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(policies); i++) {
        struct report_policy policy;
        struct buffer out;
        struct arena arena;
        struct err err;
        bool is_odd = false;
        int status;

        arena_init(&arena, 1 << 20);
        buffer_init(&out, 1 << 16);
        status = outgoing_key_policy(&arena, slice_of(policies[i].key),
                                     "d.example", &policy, &is_odd, &err);
        ROW_NUMBER(policies[i].name, status, policies[i].status);
        if (status == 0) {
            ROW_NUMBER(policies[i].name, is_odd, policies[i].is_odd);
            add(&out, policy.type_text);
            add(&out, policy.domain);
            for (size_t j = 0; j < policy.n_strings; j++)
                add(&out, policy.strings[j]);
            buffer_add_char(&out, ';');
            for (size_t j = 0; j < policy.n_mx_hosts; j++)
                add(&out, policy.mx_hosts[j]);
            ROW_TEXT(policies[i].name, buffer_text(&out), policies[i].expected);
        } else {
            ROW_NUMBER(policies[i].name, err.kind, ERR_INPUT);
        }
        buffer_deinit(&out);
        arena_deinit(&arena);
    }
}

static const struct {
    const char *name, *key;
    bool is_odd;
    const char *expected;
} details[] = {
    { "everything",
      "{\"result-type\":\"certificate-expired\",\"sending-mta-ip\":\"192.0.2.1\""
      ",\"receiving-mx-hostname\":\"mx\",\"receiving-mx-helo\":\"helo\","
      "\"receiving-ip\":\"2001:db8::1\",\"additional-information\":\"i\","
      "\"failure-reason-code\":\"c\"}",
      false, "certificate-expired|192.0.2.1|mx|helo|2001:db8::1|i|c|" },
    { "nothing but the type", "{\"result-type\":\"starttls-not-supported\"}",
      false, "starttls-not-supported|-|-|-|-|-|-|" },
    { "an empty text is absent",
      "{\"result-type\":\"tlsa-invalid\",\"receiving-ip\":\"\"}", false,
      "tlsa-invalid|-|-|-|-|-|-|" },
    { "not trusted without a reason",
      "{\"result-type\":\"certificate-not-trusted\"}", false,
      "certificate-not-trusted|-|-|-|-|-|unspecified|" },
    { "a number", "{\"result-type\":307}", true,
      "validation-failure|-|-|-|-|-|result-type-307|" },
    { "a number with a reason",
      "{\"result-type\":307,\"failure-reason-code\":\"why\"}", true,
      "validation-failure|-|-|-|-|-|why|" },
    { "no type", "{}", true, "validation-failure|-|-|-|-|-|unspecified|" },
};

static void details_are_read_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(details); i++) {
        struct report_failure f;
        struct buffer out;
        struct arena arena;
        struct err err;
        bool is_odd = false;

        arena_init(&arena, 1 << 20);
        buffer_init(&out, 1 << 16);
        assert_int_equal(outgoing_key_detail(&arena, slice_of(details[i].key),
                                             &f, &is_odd, &err),
                         0);
        ROW_NUMBER(details[i].name, is_odd, details[i].is_odd);
        add(&out, f.result_type);
        add(&out, f.sending_mta_ip);
        add(&out, f.receiving_mx_hostname);
        add(&out, f.receiving_mx_helo);
        add(&out, f.receiving_ip);
        add(&out, f.additional_information);
        add(&out, f.failure_reason_code);
        ROW_TEXT(details[i].name, buffer_text(&out), details[i].expected);
        buffer_deinit(&out);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_are_read_back),
        cmocka_unit_test(details_are_read_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
