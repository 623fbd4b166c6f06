/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "json/writer.h"

static void write(const struct report *report, struct buffer *out)
{
    struct json_writer writer;

    buffer_init(out, 1 << 20);
    json_writer_init(&writer, out);
    report_write(report, &writer);
    assert_false(out->failed);
}

static const char full[] =
    "{'organization-name':'M\xc3\xbcller \\u0001 \\'x\\'','date-range':{"
    "'start-datetime':'2026-10-01T02:00:00+02:00',"
    "'end-datetime':'2026-10-01T23:59:59Z'},'contact-info':'a@s.example',"
    "'report-id':'r/1','policies':[{'policy':{'policy-type':'STS',"
    "'policy-string':['version: STSv1','mode: testing'],"
    "'policy-domain':'A.example','mx-host':['*.a.example','mx.b.example']},"
    "'summary':{'total-successful-session-count':9223372036854775807,"
    "'total-failure-session-count':3},'failure-details':[{"
    "'result-type':'Odd_Type','sending-mta-ip':'2001:DB8::0:1',"
    "'receiving-mx-hostname':'MX.b.example','receiving-mx-helo':'h\\n2',"
    "'receiving-ip':'not an address','failed-session-count':2,"
    "'additional-information':'https://x/?a=<b>','failure-reason-code':'E'},"
    "{'failed-session-count':1}]},{'policy':{},'summary':{}}]}";

static void expect_same_text(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    else
        assert_ptr_equal(a, b);
}

static void expect_same_failure(const struct report_failure *a,
                                const struct report_failure *b)
{
    expect_same_text(a->result_type, b->result_type);
    assert_int_equal(a->sessions, b->sessions);
    expect_same_text(a->sending_mta_ip, b->sending_mta_ip);
    expect_same_text(a->receiving_mx_hostname, b->receiving_mx_hostname);
    expect_same_text(a->receiving_mx_helo, b->receiving_mx_helo);
    expect_same_text(a->receiving_ip, b->receiving_ip);
    expect_same_text(a->additional_information, b->additional_information);
    expect_same_text(a->failure_reason_code, b->failure_reason_code);
}

static void expect_same_texts(const char *const *a, size_t n_a,
                              const char *const *b, size_t n_b)
{
    assert_int_equal(n_a, n_b);
    for (size_t i = 0; i < n_a; i++)
        assert_string_equal(a[i], b[i]);
}

static void expect_same_policy(const struct report_policy *a,
                               const struct report_policy *b)
{
    assert_int_equal(a->type, b->type);
    assert_string_equal(a->type_text, b->type_text);
    assert_string_equal(a->domain, b->domain);
    assert_string_equal(a->subject_domain, b->subject_domain);
    assert_int_equal(a->success_sessions, b->success_sessions);
    assert_int_equal(a->failure_sessions, b->failure_sessions);
    expect_same_texts((const char *const *)a->strings, a->n_strings,
                      (const char *const *)b->strings, b->n_strings);
    expect_same_texts((const char *const *)a->mx_hosts, a->n_mx_hosts,
                      (const char *const *)b->mx_hosts, b->n_mx_hosts);
    assert_int_equal(a->n_failures, b->n_failures);
    for (size_t i = 0; i < a->n_failures; i++)
        expect_same_failure(&a->failures[i], &b->failures[i]);
}

static void what_is_read_from_what_was_written_is_the_same(void **state)
{
    const struct report *a, *b;
    struct buffer text, again;
    struct reads first, second;

    (void)state;
    reads_init(&first, full, NULL);
    a = reads_report(&first);
    write(a, &text);
    arena_init(&second.arena, 1 << 20);
    second.rc = report_read(&second.arena,
                            arena_copy(&second.arena, buffer_slice(&text)),
                            text.len, NULL, &second.list, &second.err);
    b = reads_report(&second);
    expect_same_text(a->organization_name, b->organization_name);
    expect_same_text(a->contact_info, b->contact_info);
    expect_same_text(a->report_id, b->report_id);
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->end, b->end);
    assert_int_equal(a->n_policies, b->n_policies);
    for (size_t i = 0; i < a->n_policies; i++)
        expect_same_policy(&a->policies[i], &b->policies[i]);
    write(b, &again);
    assert_string_equal(buffer_text(&text), buffer_text(&again));
    buffer_deinit(&text);
    buffer_deinit(&again);
    reads_deinit(&first);
    reads_deinit(&second);
}

static void writes_the_members_of_the_rfc_and_leaves_out_the_absent(
    void **state)
{
    struct buffer text;
    struct reads reads;

    (void)state;
    reads_init(&reads,
               "{'organization':'S','date-range':{'start-datetime':'never'},"
               "'policies':[{'type':'sts','domain':'a.example'}]}",
               NULL);
    write(reads_report(&reads), &text);
    assert_string_equal(
        buffer_text(&text),
        "{\"organization-name\":\"S\",\"date-range\":{\"start-datetime\":"
        "\"never\"},\"policies\":[{\"policy\":{\"policy-type\":\"sts\","
        "\"policy-string\":[],\"policy-domain\":\"a.example\"},\"summary\":{"
        "\"total-successful-session-count\":0,"
        "\"total-failure-session-count\":0},\"failure-details\":[]}]}");
    buffer_deinit(&text);
    reads_deinit(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_from_what_was_written_is_the_same),
        cmocka_unit_test(
            writes_the_members_of_the_rfc_and_leaves_out_the_absent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
