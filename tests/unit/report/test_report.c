/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <string.h>

static void a_day_is_that_of_the_middle(void **state)
{
    static const struct {
        utc_time start, end;
        const char *day;
    } rows[] = {
        { 1790812800, 1790899199, "2026-10-01" },
        { 1790812800, 1790899200, "2026-10-01" },
        { 1790805600, 1790891999,
          "2026-10-01" }, /* from 22:00 the day before */
        { UTC_NONE, 1790899199, "2026-10-01" },
        { UTC_NONE, 1790899200, "2026-10-01" }, /* midnight ends the day */
        { 1790812800, UTC_NONE, "2026-10-01" },
        { UTC_NONE, UTC_NONE, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct report report = { .start = rows[i].start,
                                       .end = rows[i].end };
        char text[UTC_DAY_BYTES];

        assert_string_equal(utc_day_format(report_day(&report), text),
                            rows[i].day);
    }
}

static void the_mx_of_a_failure(void **state)
{
    static const struct {
        const char *type, *domain, *host, *want;
    } rows[] = {
        { "tlsa", "mx.e.example", "'h.example'", "h.example" },
        { "tlsa", "mx.e.example", "''", "mx.e.example" },
        { "tlsa", "mx.e.example", "null", "mx.e.example" },
        { "tlsa", "e.example", "null", NULL }, /* the subject itself */
        { "tlsa", "", "null", NULL },
        { "sts", "mx.e.example", "''", NULL },
    };
    const struct report_origin origin = { .tls_report_domain = "e.example" };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct report_policy *policy;
        struct reads reads;
        char text[500];
        const char *got;

        snprintf(text, sizeof(text),
                 "{'policy':{'policy-type':'%s','policy-domain':'%s'},"
                 "'failure-details':[{'receiving-mx-hostname':%s}]}",
                 rows[i].type, rows[i].domain, rows[i].host);
        reads_init_policies(&reads, text, &origin);
        policy = &reads_report(&reads)->policies[0];
        got = report_failure_mx(policy, &policy->failures[0]);
        if (!got != !rows[i].want || (got && strcmp(got, rows[i].want) != 0))
            fail_msg("row %zu: got %s", i, got ? got : "none");
        reads_deinit(&reads);
    }
}

static void over_a_trillion_is_implausible(void **state)
{
    struct report_policy policy = { .success_sessions = COUNT_PLAUSIBLE_MAX };

    (void)state;
    assert_false(report_policy_is_implausible(&policy));
    policy.failure_sessions = COUNT_PLAUSIBLE_MAX + 1;
    assert_true(report_policy_is_implausible(&policy));
}

static void the_domain_of_a_contact_is_found(void **state)
{
    static const struct {
        const char *contact, *want;
    } rows[] = {
        { "tls@s.example", "s.example" },
        { "TLS reports <tls@s.example>", "s.example" },
        { "mailto:tls@s.example?subject=x", "s.example" },
        { "tls@s.example.", "s.example" },
        { "tls@s.example ", "s.example" },
        { "\"a@b\"@s.example, other", "s.example" },
        { "+49 30 123", "" },
        { "tls@", "" },
        { "", "" },
        { NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct report report = { .contact_info = rows[i].contact };
        struct slice got = report_contact_domain(&report);

        if (!slice_equal(got, slice_of(rows[i].want)))
            fail_msg("row %zu: got '%.*s'", i, (int)got.len, got.ptr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_is_that_of_the_middle),
        cmocka_unit_test(the_mx_of_a_failure),
        cmocka_unit_test(over_a_trillion_is_implausible),
        cmocka_unit_test(the_domain_of_a_contact_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
