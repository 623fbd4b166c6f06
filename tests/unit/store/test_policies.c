/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "store/sample.h"

struct lines {
    char text[500];
    size_t len;
};

static int add_line(void *context, const struct store_policy_seen *policy,
                    struct err *err)
{
    struct lines *lines = context;

    (void)err;
    lines->len += (size_t)snprintf(
        lines->text + lines->len, sizeof(lines->text) - lines->len,
        "%s|%s|%s|%d %d|%lld %lld\n", policy->type, policy->policy_text,
        policy->mx_hosts,
        policy->first_day == UTC_DAY_NONE ? -1 : policy->first_day - SAMPLE_DAY,
        policy->last_day == UTC_DAY_NONE ? -1 : policy->last_day - SAMPLE_DAY,
        (long long)policy->success_evaluations,
        (long long)policy->failure_evaluations);
    return 0;
}

static void put(struct sample_store *sample, const char *domain, int32_t day,
                const char *type, const char *text)
{
    struct sample_report report;

    sample_fill(&report, "one", domain, day, 100, 10);
    report.policies[0].type = type;
    report.policies[0].policy_text = text;
    report.policies[0].mx_hosts = "mx.example.net";
    report.report.report_id = text;
    sample_put(sample, &report);
}

static void assert_policies(struct sample_store *sample, const char *domain,
                            struct store_range range, const char *expected)
{
    struct lines lines = { 0 };

    assert_ok(sample, store_each_policy(sample->store, domain, range, add_line,
                                        &lines, &sample->err));
    assert_string_equal(lines.text, expected);
}

static void the_newest_policy_comes_first(void **state)
{
    struct sample_store *sample = *state;

    put(sample, "a.example", SAMPLE_DAY, "sts", "mode: testing");
    put(sample, "a.example", SAMPLE_DAY + 1, "sts", "mode: testing");
    put(sample, "a.example", SAMPLE_DAY + 2, "sts", "mode: enforce");
    put(sample, "a.example", SAMPLE_DAY + 1, "tlsa", "3 1 1 ab");
    put(sample, "b.example", SAMPLE_DAY + 9, "sts", "mode: none");
    put(sample, "a.example", UTC_DAY_NONE, "no-policy-found", "");
    assert_policies(sample, "a.example", SAMPLE_ALL,
                    "sts|mode: enforce|mx.example.net|2 2|90 10\n"
                    "tlsa|3 1 1 ab|mx.example.net|1 1|90 10\n"
                    "sts|mode: testing|mx.example.net|0 1|180 20\n"
                    "no-policy-found||mx.example.net|-1 -1|90 10\n");
    assert_policies(sample, "a.example",
                    (struct store_range){ SAMPLE_DAY, SAMPLE_DAY },
                    "sts|mode: testing|mx.example.net|0 0|90 10\n");
    assert_policies(sample, "never.example", SAMPLE_ALL, "");
}

static void conflicts_and_implausible_counts_add_nothing(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 10);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 200, 20);
    report.policies[0].policy_text = "mode: none";
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    sample_fill(&report, "two", "a.example", SAMPLE_DAY, 0, 0);
    report.policies[0].success_sessions = INT64_MAX;
    report.policies[0].failure_sessions = INT64_MAX;
    report.policies[0].is_implausible = true;
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_policies(sample, "a.example", SAMPLE_ALL,
                    "sts|version: STSv1\nmode: enforce|*.example.net|0 0|"
                    "90 10\n");
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_newest_policy_comes_first),
        test(conflicts_and_implausible_counts_add_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
