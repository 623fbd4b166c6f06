/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dmarc/dmarc.h"
#include "intake/render_dmarc.h"
#include "row.h"
#include "json/writer.h"

static void render(const struct dmarc_report *report, struct buffer *out)
{
    struct json_writer writer;

    buffer_init(out, 1 << 16);
    json_writer_init(&writer, out);
    json_begin_object(&writer);
    render_dmarc_members(&writer, report);
    json_end_object(&writer);
    assert_false(out->failed);
}

static void a_report_has_all_members(void **state)
{
    struct dmarc_reason reason = { "other", "why" };
    struct dmarc_dkim dkim = { "example.org", "s1", "pass", NULL };
    struct dmarc_spf spf = { "example.net", "mfrom", "fail", "no" };
    struct dmarc_record record = {
        .source_ip = "192.0.2.1",
        .count = 3,
        .disposition = "none",
        .dkim = "pass",
        .spf = "fail",
        .reasons = &reason,
        .n_reasons = 1,
        .header_from = "example.org",
        .envelope_from = "",
        .dkims = &dkim,
        .n_dkims = 1,
        .spfs = &spf,
        .n_spfs = 1,
    };
    struct dmarc_other other = { "/feedback/x", "y" };
    const char *error = "e";
    struct dmarc_report report = {
        .version = "1.0",
        .name_space = "urn:x",
        .organization_name = "S",
        .email = "a@s.example",
        .extra_contact_info = "u",
        .report_id = "r1",
        .start = 1790812800,
        .end = 1790899199,
        .errors = &error,
        .n_errors = 1,
        .generator = "g",
        .policy = { .domain = "example.org", .p = "none", .pct = 50 },
        .records = &record,
        .n_records = 1,
        .others = &other,
        .n_others = 1,
        .n_others_dropped = 2,
    };
    struct buffer out;

    (void)state;
    render(&report, &out);
    ROW_TEXT(
        "all", buffer_text(&out),
        "{\"kind\":\"dmarc\",\"organization_name\":\"S\",\"contact_info\":"
        "\"a@s.example\",\"extra_contact_info\":\"u\",\"report_id\":\"r1\","
        "\"version\":\"1.0\",\"namespace\":\"urn:x\",\"generator\":\"g\","
        "\"start\":\"2026-10-01T00:00:00Z\",\"end\":\"2026-10-01T23:59:59Z\","
        "\"day\":\"2026-10-01\",\"errors\":[\"e\"],\"domain\":\"example.org\","
        "\"policy\":{\"p\":\"none\",\"sp\":null,\"np\":null,\"adkim\":null,"
        "\"aspf\":null,\"pct\":50,\"fo\":null,\"testing\":null,"
        "\"discovery_method\":null},\"records\":[{\"source_ip\":\"192.0.2.1\","
        "\"messages\":3,\"implausible\":false,\"disposition\":\"none\","
        "\"dkim\":\"pass\",\"spf\":\"fail\",\"dmarc_pass\":true,\"reasons\":["
        "{\"type\":\"other\",\"comment\":\"why\"}],\"header_from\":"
        "\"example.org\",\"envelope_from\":\"\",\"envelope_to\":null,"
        "\"dkim_results\":[{\"domain\":\"example.org\",\"selector\":\"s1\","
        "\"result\":\"pass\",\"human_result\":null}],\"spf_results\":["
        "{\"domain\":\"example.net\",\"scope\":\"mfrom\",\"result\":\"fail\","
        "\"human_result\":\"no\"}]}],\"totals\":{\"records\":1,\"messages\":3,"
        "\"dkim_pass\":3,\"spf_pass\":0,\"dmarc_pass\":3},\"others\":[{"
        "\"where\":\"/feedback/x\",\"value\":\"y\"}],\"more_others\":2}");
    buffer_deinit(&out);
}

static void what_is_absent_is_null(void **state)
{
    struct dmarc_report report = { .start = UTC_NONE,
                                   .end = UTC_NONE,
                                   .policy.pct = DMARC_PCT_NONE };
    struct buffer out;

    (void)state;
    render(&report, &out);
    assert_non_null(strstr(buffer_text(&out), "\"pct\":null"));
    assert_non_null(strstr(buffer_text(&out), "\"start\":null,\"end\":null,"
                                              "\"day\":null"));
    assert_non_null(strstr(buffer_text(&out), "\"records\":[]"));
    assert_null(strstr(buffer_text(&out), "more_others"));
    buffer_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_has_all_members),
        cmocka_unit_test(what_is_absent_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
