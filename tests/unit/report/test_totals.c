/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>
#include <string.h>

#define P(type, domain, ok, bad)                                               \
    "{'policy':{'policy-type':'" type "','policy-domain':'" domain             \
    "'},'summary':{'total-successful-session-count':" ok                       \
    ",'total-failure-session-count':" bad "}}"

static void sums_follow_the_distinct_rule(void **state)
{
    static const struct {
        const char *name, *policies;
        struct report_totals want;
    } rows[] = {
        { "one policy", P("sts", "a.example", "5", "2"), { 5, 2, 7, 2 } },
        { "tlsa and sts of one domain",
          P("sts", "a.example", "5", "2") "," P("tlsa", "a.example", "6", "0"),
          { 11, 2, 7, 2 } },
        { "failures by their own larger side",
          P("sts", "a.example", "9", "1") "," P("tlsa", "a.example", "2", "3"),
          { 11, 4, 10, 3 } },
        { "two domains",
          P("sts", "a.example", "5", "0") "," P("tlsa", "b.example", "6", "1"),
          { 11, 1, 12, 1 } },
        { "unknown types add up",
          P("sts", "a.example", "5", "0") "," P("x", "a.example", "6", "1"),
          { 11, 1, 12, 1 } },
        { "two policies of one type add up",
          P("sts", "a.example", "5", "0") "," P("sts", "a.example", "6", "1"),
          { 11, 1, 12, 1 } },
        { "letter case of type and domain does not matter",
          P("STS", "A.example.", "5", "0") "," P("tlsa", "a.example", "6", "0"),
          { 11, 0, 6, 0 } },
        { "implausible policies are in no sum",
          P("sts", "a.example", "9223372036854775807",
            "9223372036854775807") "," P("x", "a.example", "1",
                                         "1") "," P("sts", "b.example", "7",
                                                    "1000000000001"),
          { 1, 1, 2, 1 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct report_totals got;
        struct reads reads;

        reads_init_policies(&reads, rows[i].policies, NULL);
        assert_int_equal(
            report_totals_compute(reads_report(&reads), &reads.arena, &got), 0);
        if (memcmp(&got, &rows[i].want, sizeof(got)) != 0)
            fail_msg("%s: got %lld %lld %lld %lld", rows[i].name,
                     (long long)got.success_sessions,
                     (long long)got.failure_sessions,
                     (long long)got.distinct_sessions,
                     (long long)got.distinct_failures);
        reads_deinit(&reads);
    }
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_follow_the_distinct_rule),
        cmocka_unit_test(a_day_is_that_of_the_middle),
        cmocka_unit_test(the_mx_of_a_failure),
        cmocka_unit_test(over_a_trillion_is_implausible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
