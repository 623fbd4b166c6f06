/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include "base/buffer.h"
#include "row.h"

static void says_what_is_missing_and_where(void **state)
{
    struct reads reads;

    (void)state;
    reads_init_inner(&reads, "<report_metadata/>");
    ROW_TEXT("of a report", reads_findings(&reads),
             "dmarc-organization-missing /feedback/report_metadata/org_name \n"
             "dmarc-report-id-missing /feedback/report_metadata/report_id \n"
             "dmarc-date-missing /feedback/report_metadata/date_range \n"
             "dmarc-domain-missing /feedback/policy_published/domain \n"
             "dmarc-policy-missing /feedback/policy_published/p \n"
             "dmarc-records-none /feedback/record \n");
    reads_deinit(&reads);

    reads_init_inner(&reads, READS_HEAD READS_POLICY READS_RECORD "<record/>");
    ROW_TEXT("of a record", reads_findings(&reads),
             "dmarc-source-missing /feedback/record[2]/row/source_ip \n"
             "dmarc-count-missing /feedback/record[2]/row/count \n"
             "dmarc-evaluated-missing "
             "/feedback/record[2]/row/policy_evaluated/dkim \n"
             "dmarc-evaluated-missing "
             "/feedback/record[2]/row/policy_evaluated/spf \n"
             "dmarc-header-from-missing "
             "/feedback/record[2]/identifiers/header_from \n");
    reads_deinit(&reads);
}

static void any_part_alone_is_a_report(void **state)
{
    static const char *const parts[] = { "<report_metadata/>",
                                         "<policy_published/>", "<record/>" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct reads reads;

        reads_init_inner(&reads, parts[i]);
        ROW_NUMBER(parts[i], reads.rc, 0);
        reads_deinit(&reads);
    }
}

static void looks_at_the_range(void **state)
{
    static const struct {
        const char *begin, *end, *code;
        utc_time start;
    } rows[] = {
        { "1790812800", "1790899199", "", 1790812800 },
        { "1790812800", "1790985600", "", 1790812800 },
        { "1790812800", "1790985601", "dmarc-range-long", 1790812800 },
        { "1790899199", "1790812800", "dmarc-range-swapped", 1790812800 },
        { "1325375999", "1325376999", "dmarc-date-early", 1325375999 },
        { "1325376000", "1325376999", "", 1325376000 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[1000];
        struct reads reads;

        snprintf(text, sizeof(text),
                 "<report_metadata><org_name>S</org_name><report_id>1"
                 "</report_id><date_range><begin>%s</begin><end>%s</end>"
                 "</date_range></report_metadata>" READS_POLICY READS_RECORD,
                 rows[i].begin, rows[i].end);
        reads_init_inner(&reads, text);
        ROW_NUMBER(rows[i].begin, reads_report(&reads)->start, rows[i].start);
        snprintf(text, sizeof(text),
                 "%s /feedback/report_metadata/date_range \n", rows[i].code);
        ROW_TEXT(rows[i].begin, reads_findings(&reads),
                 *rows[i].code ? text : "");
        reads_deinit(&reads);
    }
}

static void a_pass_needs_a_result_that_passed(void **state)
{
    static const char record[] = READS_HEAD READS_POLICY
        "<record><row><source_ip>192.0.2.1</source_ip><count>3</count>"
        "<policy_evaluated><dkim>%s</dkim><spf>%s</spf></policy_evaluated>"
        "</row><identifiers><header_from>example.org</header_from>"
        "</identifiers><auth_results><dkim><result>fail</result></dkim><dkim>"
        "<result>%s</result></dkim><spf><result>%s</result></spf>"
        "</auth_results></record>";
    static const struct {
        const char *dkim, *spf, *dkim_result, *spf_result, *findings;
    } rows[] = {
        { "pass", "pass", "pass", "pass", "" },
        { "fail", "fail", "pass", "pass", "" },
        { "pass", "fail", "fail", "pass",
          "dmarc-evaluated-unproven "
          "/feedback/record[1]/row/policy_evaluated/dkim \n" },
        { "fail", "pass", "pass", "softfail",
          "dmarc-evaluated-unproven "
          "/feedback/record[1]/row/policy_evaluated/spf \n" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        char text[2000];
        struct reads reads;

        snprintf(text, sizeof(text), record, rows[i].dkim, rows[i].spf,
                 rows[i].dkim_result, rows[i].spf_result);
        reads_init_inner(&reads, text);
        ROW_TEXT(rows[i].findings, reads_findings(&reads), rows[i].findings);
        reads_deinit(&reads);
    }
}

static void many_signatures_are_read_and_noted(void **state)
{
    struct buffer text;
    struct reads reads;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_text(
        &text, READS_HEAD READS_POLICY
        "<record><row><source_ip>192.0.2.1</source_ip><count>3</count>"
        "<policy_evaluated><dkim>fail</dkim><spf>fail</spf></policy_evaluated>"
        "</row><identifiers><header_from>example.org</header_from>"
        "</identifiers><auth_results>");
    for (int i = 0; i < 150; i++)
        buffer_add_text(&text, "<dkim><result>fail</result></dkim>");
    buffer_add_text(&text, "</auth_results></record>");
    reads_init_inner(&reads, buffer_text(&text));
    assert_int_equal(reads_report(&reads)->records[0].n_dkims, 150);
    ROW_TEXT("150", reads_findings(&reads),
             "dmarc-dkims-many /feedback/record[1]/auth_results \n");
    reads_deinit(&reads);
    buffer_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_is_missing_and_where),
        cmocka_unit_test(any_part_alone_is_a_report),
        cmocka_unit_test(looks_at_the_range),
        cmocka_unit_test(a_pass_needs_a_result_that_passed),
        cmocka_unit_test(many_signatures_are_read_and_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
