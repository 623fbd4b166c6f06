/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "event/event.h"
#include "row.h"

static void a_policy_has_a_key(void **state)
{
    const char *lines[] = { "version: STSv1", "mode: \"none\"" };
    const char *hosts[] = { "*.our.example", "mx.our.example" };
    struct event_failure failure = { .code = 201 };
    const struct {
        const char *name;
        struct event_policy policy;
        const char *key;
    } rows[] = {
        { "sts",
          { .type = 2,
            .domain = "our.example",
            .strings = lines,
            .n_strings = 2,
            .mx_hosts = hosts,
            .n_mx_hosts = 2 },
          "{\"policy-type\":\"sts\",\"policy-string\":[\"version: STSv1\","
          "\"mode: \\\"none\\\"\"],\"policy-domain\":\"our.example\","
          "\"mx-host\":[\"*.our.example\",\"mx.our.example\"]}" },
        { "verdict and details are no part of it",
          { .type = 9,
            .is_failure = true,
            .domain = "our.example",
            .failures = &failure,
            .n_failures = 1 },
          "{\"policy-type\":\"no-policy-found\","
          "\"policy-domain\":\"our.example\"}" },
        { "a type without a name", { .type = 77 }, "{\"policy-type\":77}" },
    };
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    for (size_t i = 0; i < ROWS(rows); i++) {
        buffer_reset(&out);
        event_policy_key(&rows[i].policy, &out);
        ROW_TEXT(rows[i].name, buffer_text(&out), rows[i].key);
    }
    buffer_deinit(&out);
}

static void a_failure_has_a_key(void **state)
{
    static const struct {
        const char *name;
        struct event_failure failure;
        const char *key;
    } rows[] = {
        { "all of it",
          { 204, "192.0.2.7", "mx.our.example", "helo.our.example",
            "2001:db8::1", "info", "reason" },
          "{\"result-type\":\"certificate-expired\","
          "\"sending-mta-ip\":\"192.0.2.7\","
          "\"receiving-mx-hostname\":\"mx.our.example\","
          "\"receiving-mx-helo\":\"helo.our.example\","
          "\"receiving-ip\":\"2001:db8::1\","
          "\"additional-information\":\"info\","
          "\"failure-reason-code\":\"reason\"}" },
        { "next to nothing",
          { .code = 301 },
          "{\"result-type\":\"sts-policy-fetch-error\"}" },
        { "a type without a name",
          { .code = 401, .receiving_ip = "192.0.2.1" },
          "{\"result-type\":401,\"receiving-ip\":\"192.0.2.1\"}" },
    };
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    for (size_t i = 0; i < ROWS(rows); i++) {
        buffer_reset(&out);
        event_detail_key(&rows[i].failure, &out);
        ROW_TEXT(rows[i].name, buffer_text(&out), rows[i].key);
    }
    buffer_deinit(&out);
}

/* Keys are appended: many stand in one buffer. */
static void keys_stand_behind_each_other(void **state)
{
    struct event_policy policy = { .type = 9 };
    struct event_failure failure = { .code = 201 };
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    event_policy_key(&policy, &out);
    event_detail_key(&failure, &out);
    assert_string_equal(buffer_text(&out),
                        "{\"policy-type\":\"no-policy-found\"}"
                        "{\"result-type\":\"starttls-not-supported\"}");
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_has_a_key),
        cmocka_unit_test(a_failure_has_a_key),
        cmocka_unit_test(keys_stand_behind_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
