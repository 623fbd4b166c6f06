/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "fetch/wire_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_policy_is_written_as_in_a_datagram(void **state)
{
    const char *strings[] = { "version: STSv1", "mode: enforce" };
    const char *hosts[] = { "*.a.example" };
    struct report_policy policy = { .type_text = "sts",
                                    .domain = "a.example",
                                    .strings = strings,
                                    .n_strings = 2,
                                    .mx_hosts = hosts,
                                    .n_mx_hosts = 1 };
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    wire_text_policy(&policy, &out);
    assert_string_equal(
        buffer_text(&out),
        "{\"policy-type\": 2, \"policy-domain\": \"a.example\", "
        "\"policy-string\": [\"version: STSv1\", \"mode: enforce\"], "
        "\"mx-host\": [\"*.a.example\"]}");
    buffer_reset(&out);
    policy = (struct report_policy){ .type_text = "no-policy-found" };
    wire_text_policy(&policy, &out);
    assert_string_equal(buffer_text(&out), "{\"policy-type\": 9}");
    buffer_deinit(&out);
}

static void a_failure_is_written_as_in_a_datagram(void **state)
{
    const struct report_failure failure = {
        .result_type = "certificate-expired",
        .sending_mta_ip = "192.0.2.1",
        .receiving_mx_hostname = "mx.a.example",
        .receiving_mx_helo = "",
        .receiving_ip = "2001:db8::1",
        .additional_information = "\" \\ \t \x01 \x7f",
        .failure_reason_code = "\xc3\xbc \xf0\x9f\x98\x80",
    };
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    wire_text_failure(&failure, &out);
    assert_string_equal(
        buffer_text(&out),
        "{\"c\": 204, \"s\": \"192.0.2.1\", \"n\": \"mx.a.example\", "
        "\"r\": \"2001:db8::1\", "
        "\"a\": \"\\\" \\\\ \\t \\u0001 \\u007f\", "
        "\"f\": \"\\u00fc \\ud83d\\ude00\"}");
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_is_written_as_in_a_datagram),
        cmocka_unit_test(a_failure_is_written_as_in_a_datagram),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
