/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/explain.h"

static struct report_failure detail(const char *type, const char *reason,
                                    const char *mx, int64_t sessions)
{
    return (struct report_failure){ .result_type = type,
                                    .failure_reason_code = reason,
                                    .receiving_mx_hostname = mx,
                                    .sessions = sessions,
                                    .sending_mta_ip = "192.0.2.1",
                                    .receiving_ip = "192.0.2.2" };
}

static struct report_policy policy_of(struct report_failure *failures, size_t n)
{
    return (struct report_policy){ .type = POLICY_TYPE_STS,
                                   .type_text = "sts",
                                   .domain = "a.example",
                                   .subject_domain = "a.example",
                                   .failures = failures,
                                   .n_failures = n };
}

static void same_faults_are_joined_the_largest_first(void **state)
{
    struct report_failure failures[] = {
        detail("certificate-expired", NULL, "mx1.example", 1),
        detail("starttls-not-supported", NULL, "mx1.example", 2),
        detail("Certificate_Expired", NULL, "mx1.example", 4),
        detail("certificate-expired", "why", "mx1.example", 1),
        detail("certificate-expired", NULL, "mx2.example", 1),
    };
    struct report_policy policy = policy_of(failures, 5);
    struct insight_explain_group *groups;
    struct arena arena;
    struct err err;
    size_t n;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(insight_explain_policy(&policy, &arena, &groups, &n, &err),
                     0);
    assert_int_equal(n, 4);
    assert_string_equal(groups[0].result_key, "certificate-expired");
    assert_int_equal(groups[0].sessions, 5);
    assert_int_equal(groups[0].n_details, 2);
    assert_int_equal(groups[0].index, 0);
    assert_string_equal(groups[0].advice->code, "certificate-expired");
    assert_string_equal(groups[1].result_key, "starttls-not-supported");
    assert_int_equal(groups[2].index, 3);
    assert_int_equal(groups[3].index, 4);
    arena_deinit(&arena);
}

static void sums_of_groups_saturate(void **state)
{
    struct report_failure failures[] = {
        detail("validation-failure", NULL, NULL, INT64_MAX),
        detail("validation-failure", NULL, NULL, INT64_MAX),
    };
    struct report_policy policy = policy_of(failures, 2);
    struct insight_explain_group *groups;
    struct arena arena;
    struct err err;
    size_t n;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(insight_explain_policy(&policy, &arena, &groups, &n, &err),
                     0);
    assert_int_equal(n, 1);
    assert_int_equal(groups[0].sessions, INT64_MAX);
    arena_deinit(&arena);
}

static void no_details_are_no_groups(void **state)
{
    struct report_policy policy = policy_of(NULL, 0);
    struct insight_explain_group *groups;
    struct arena arena;
    struct err err;
    size_t n = 7;

    (void)state;
    arena_init(&arena, 16);
    assert_int_equal(insight_explain_policy(&policy, &arena, &groups, &n, &err),
                     0);
    assert_int_equal(n, 0);
    arena_deinit(&arena);
}

static void too_little_memory_is_told(void **state)
{
    struct report_failure failures[] = { detail("x", NULL, NULL, 1) };
    struct report_policy policy = policy_of(failures, 1);
    struct insight_explain_group *groups;
    struct arena arena;
    struct err err;
    size_t n;

    (void)state;
    arena_init(&arena, 8);
    assert_int_equal(insight_explain_policy(&policy, &arena, &groups, &n, &err),
                     -1);
    assert_int_equal(err.kind, ERR_MEMORY);
    arena_deinit(&arena);
}

static void a_failure_is_told_with_what_is_known(void **state)
{
    struct report_failure failures[] = { detail("certificate-expired", NULL,
                                                NULL, 3) };
    const char *strings[] = { "version: STSv1", " Mode :\ttesting " };
    struct report report = { .organization_name = "Sender Ltd" };
    struct report_policy policy = policy_of(failures, 1);
    struct insight_explain_group group = { .failure = &failures[0],
                                           .sessions = 3,
                                           .n_details = 1 };
    struct advice_failure told;
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    failures[0].receiving_ip = "198.51.100.1";
    policy.strings = strings;
    policy.n_strings = 2;
    told = insight_explain_failure(&report, &policy, &group, &arena);
    assert_string_equal(told.organization, "Sender Ltd");
    assert_string_equal(told.domain, "a.example");
    assert_string_equal(told.policy_mode, "testing");
    assert_string_equal(told.mx_address, "198.51.100.1");
    assert_null(told.mx);
    /* Of several joined the addresses of one would mislead. */
    group.n_details = 2;
    told = insight_explain_failure(&report, &policy, &group, &arena);
    assert_null(told.mx_address);
    /* Under DANE the policy-domain names the MX. */
    policy.type = POLICY_TYPE_TLSA;
    policy.domain = "mx1.a.example";
    told = insight_explain_failure(&report, &policy, &group, &arena);
    assert_string_equal(told.mx, "mx1.a.example");
    assert_null(told.policy_mode);
    arena_deinit(&arena);
}

static void noise_has_a_note_and_nothing_else_has(void **state)
{
    struct buffer text;

    (void)state;
    buffer_init(&text, 4096);
    insight_explain_noise(&text, 100, 50);
    insight_explain_noise(&text, 100000, 0);
    assert_int_equal(text.len, 0);
    insight_explain_noise(&text, 100000, 3);
    assert_true(text.len > 0);
    buffer_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_faults_are_joined_the_largest_first),
        cmocka_unit_test(sums_of_groups_saturate),
        cmocka_unit_test(no_details_are_no_groups),
        cmocka_unit_test(too_little_memory_is_told),
        cmocka_unit_test(a_failure_is_told_with_what_is_known),
        cmocka_unit_test(noise_has_a_note_and_nothing_else_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
