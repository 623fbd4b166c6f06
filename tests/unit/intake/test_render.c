/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "intake/read.h"
#include "intake/render.h"
#include "unit/intake/samples.h"
#include "json/writer.h"

static int render(void *context, const struct intake_result *result,
                  struct err *err)
{
    struct json_writer writer;

    (void)err;
    buffer_reset(context);
    json_writer_init(&writer, context);
    intake_render_result(&writer, "in\x1bput", result);
    return 0;
}

/* The object that a text is rendered to; valid until the next call. */
static const char *rendered(const char *text)
{
    static char json[8192];
    struct buffer out;
    struct err err;

    buffer_init(&out, sizeof(json) - 1);
    assert_int_equal(intake_read(slice_of(text), NULL, render, &out, &err), 0);
    assert_false(out.failed);
    memcpy(json, buffer_text(&out), out.len + 1);
    buffer_deinit(&out);
    return json;
}

static void assert_holds(const char *json, const char *part)
{
    if (!strstr(json, part))
        fail_msg("want %s in\n%s", part, json);
}

static void a_report_has_all_members(void **state)
{
    (void)state;
    assert_string_equal(
        rendered(sample_report),
        "{\"input\":\"in\\u001bput\",\"organization_name\":\"Sender Ltd\","
        "\"contact_info\":\"tls@sender.example\",\"report_id\":\"id-1\","
        "\"start\":\"2026-10-01T00:00:00Z\",\"end\":\"2026-10-01T23:59:59Z\","
        "\"day\":\"2026-10-01\",\"policies\":[{\"type\":\"sts\","
        "\"domain\":\"example.com\",\"subject_domain\":\"example.com\","
        "\"strings\":[\"version: STSv1\",\"mode: enforce\"],"
        "\"mx_hosts\":[\"mx1.example.com\"],\"success_sessions\":8,"
        "\"failure_sessions\":2,\"implausible\":false,\"failures\":[{"
        "\"result_type\":\"certificate-expired\","
        "\"result_key\":\"certificate-expired\",\"sessions\":2,"
        "\"sending_mta_ip\":\"192.0.2.1\","
        "\"receiving_mx_hostname\":\"mx1.example.com\","
        "\"receiving_mx_helo\":null,\"receiving_ip\":\"192.0.2.2\","
        "\"additional_information\":null,\"failure_reason_code\":null}]}],"
        "\"totals\":{\"success_sessions\":8,\"failure_sessions\":2,"
        "\"distinct_sessions\":10,\"distinct_failures\":2},"
        "\"findings\":[]}");
}

static void what_is_absent_is_null_and_found_fault_with(void **state)
{
    const char *json = rendered("{\"policies\":[]}");

    (void)state;
    assert_holds(json, "\"organization_name\":null");
    assert_holds(json, "\"report_id\":null");
    assert_holds(json, "\"start\":null");
    assert_holds(json, "\"day\":null");
    assert_holds(json, "\"findings\":[{\"code\":\"");
    assert_holds(json, "\"severity\":\"");
    assert_holds(json, "\"where\":\"");
    assert_holds(json, "\"message\":\"");
    assert_holds(json, "\"rfc\":\"RFC 8460 section ");
}

static void types_and_results_are_given_as_reported(void **state)
{
    const char *json = rendered(
        "{\"policies\":[{\"policy\":{\"policy-type\":\"TLSA\"},"
        "\"summary\":{\"total-failure-session-count\":9223372036854775807},"
        "\"failure-details\":[{\"result-type\":\"Certificate_Expired\"}]},"
        "{\"policy\":{\"policy-type\":\"novel\"}}]}");

    (void)state;
    assert_holds(json, "\"type\":\"tlsa\"");
    assert_holds(json, "\"type\":\"novel\"");
    assert_holds(json, "\"failure_sessions\":9223372036854775807,"
                       "\"implausible\":true");
    assert_holds(json, "\"result_type\":\"Certificate_Expired\","
                       "\"result_key\":\"certificate-expired\"");
}

static void a_refusal_has_reason_and_findings(void **state)
{
    const char *json = rendered("no report");

    (void)state;
    assert_holds(json, "{\"input\":\"in\\u001bput\",\"refused\":\"");
    assert_holds(json, "\"findings\":[");
    assert_null(strstr(json, "policies\":"));
}

static void out_of_memory_fails_the_buffer(void **state)
{
    struct buffer out;
    struct err err;

    (void)state;
    buffer_init(&out, 100);
    assert_int_equal(
        intake_read(slice_of(sample_report), NULL, render, &out, &err), 0);
    assert_true(out.failed);
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_all_members),
        cmocka_unit_test(what_is_absent_is_null_and_found_fault_with),
        cmocka_unit_test(types_and_results_are_given_as_reported),
        cmocka_unit_test(a_refusal_has_reason_and_findings),
        cmocka_unit_test(out_of_memory_fails_the_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
