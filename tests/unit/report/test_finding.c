/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "report/finding.h"

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < REPORT_FINDING_COUNT; i++) {
        const struct finding_kind *kind =
            report_finding_kind((enum report_finding)i);

        if (!kind->code)
            fail_msg("row %d is empty", i);
        if (!kind->message[0] ||
            kind->message[strlen(kind->message) - 1] == '.')
            fail_msg("%s: the message is empty or ends in a stop", kind->code);
        if (strncmp(kind->rfc, "RFC ", 4) != 0)
            fail_msg("%s names no RFC", kind->code);
        assert_non_null(kind->fix);
    }
}

static void codes_are_unique_and_found_by_name(void **state)
{
    size_t n;
    const struct finding_kind *kinds = report_finding_kinds(&n);

    (void)state;
    assert_int_equal(n, REPORT_FINDING_COUNT);
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(finding_kind_find(kinds, n, slice_of(kinds[i].code)),
                         &kinds[i]);
}

/* A report about one policy matters to --strict, or has gaps alone. */
static void expect(const char *policy, const char *code, bool matters)
{
    struct reads reads;

    reads_init_policies(&reads, policy, NULL);
    assert_int_equal(reads_count(&reads, code), 1);
    assert_int_equal(report_findings_matter(&reads_report(&reads)->findings),
                     matters);
    reads_deinit(&reads);
}

#define SUMMARY                                                                \
    "'summary':{'total-successful-session-count':1,"                           \
    "'total-failure-session-count':1}"
#define POLICY(strings, details)                                               \
    "{'policy':{'policy-type':'sts','policy-string':[" strings                 \
    "],'policy-domain':'a.example'}," SUMMARY ",'failure-details':[" details   \
    "]}"
#define DETAIL "{'result-type':'certificate-expired','failed-session-count':1}"

/* What a sender did not know is no fault of its report; what it left out is. */
static void gaps_are_what_a_sender_need_not_know(void **state)
{
    (void)state;
    expect(POLICY("", DETAIL), "sending-address-missing", false);
    expect(POLICY("", DETAIL), "mx-host-missing", false);
    expect(POLICY("'version: STSv1','MX: mx.a.example'", DETAIL),
           "mx-host-missing", true);
    expect(POLICY("", "{'result-type':'certificate-expired'}"), "count-missing",
           true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(codes_are_unique_and_found_by_name),
        cmocka_unit_test(gaps_are_what_a_sender_need_not_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
