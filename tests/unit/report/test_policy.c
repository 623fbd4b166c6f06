/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>

static void members_are_found_at_any_level(void **state)
{
    static const char *const shapes[] = {
        "{'policy':{'policy-type':'sts','policy-domain':'a.example'},"
        "'summary':{'total-successful-session-count':4}}",
        "{'policy-type':'sts','policy-domain':'a.example',"
        "'summary':{'total-successful-session-count':4}}",
        "{'policy-type':'sts','policy-domain':'a.example',"
        "'total-successful-session-count':4}",
        "{'policy':{'policy-type':'sts','policy-domain':'a.example',"
        "'summary':{'total-successful-session-count':4}}}",
        "{'type':'sts','domain':'a.example',"
        "'total-successful-session-count':4}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        const struct report_policy *policy;
        struct reads reads;

        reads_init_policies(&reads, shapes[i], NULL);
        policy = &reads_report(&reads)->policies[0];
        assert_int_equal(policy->type, POLICY_TYPE_STS);
        assert_string_equal(policy->domain, "a.example");
        assert_int_equal(policy->success_sessions, 4);
        assert_int_equal(reads_count(&reads, "policy-flat"), i ? 1 : 0);
        reads_deinit(&reads);
    }
}

/* Whichever comes first, what stands where the RFC has it counts. */
static void the_rightly_nested_of_two_counts(void **state)
{
    static const struct {
        const char *policy, *twice;
    } rows[] = {
        { "'policy':{'policy-type':'sts','policy-domain':'right.example'},"
          "'policy-domain':'wrong.example','summary':{"
          "'total-successful-session-count':4}",
          "/policies/0/policy-domain" },
        { "'policy-domain':'wrong.example',"
          "'policy':{'policy-type':'sts','policy-domain':'right.example'},"
          "'summary':{'total-successful-session-count':4}",
          "/policies/0/policy/policy-domain" },
        { "'policy':{'policy-type':'sts','policy-domain':'right.example',"
          "'summary':{'total-successful-session-count':9}},"
          "'summary':{'total-successful-session-count':4}",
          "/policies/0/summary" },
        { "'summary':{'total-successful-session-count':4},"
          "'policy':{'policy-type':'sts','policy-domain':'right.example',"
          "'summary':{'total-successful-session-count':9}}",
          "/policies/0/policy/summary" },
        { "'total-successful-session-count':9,"
          "'policy':{'policy-type':'sts','policy-domain':'right.example'},"
          "'summary':{'total-successful-session-count':4}",
          "/policies/0/summary/total-successful-session-count" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct report_policy *policy;
        struct reads reads;
        char text[500];

        snprintf(text, sizeof(text), "{%s}", rows[i].policy);
        reads_init_policies(&reads, text, NULL);
        policy = &reads_report(&reads)->policies[0];
        assert_string_equal(policy->domain, "right.example");
        assert_int_equal(policy->success_sessions, 4);
        reads_expect(&reads, "member-twice", rows[i].twice);
        reads_deinit(&reads);
    }
}

static void what_is_no_object_is_left_out(void **state)
{
    struct reads reads;

    (void)state;
    reads_init_policies(&reads, "1,{'policy':'sts','summary':[]},null", NULL);
    assert_int_equal(reads_report(&reads)->n_policies, 1);
    reads_expect(&reads, "element-ignored", "/policies/0");
    reads_expect(&reads, "element-ignored", "/policies/2");
    reads_expect(&reads, "object-expected", "/policies/1/policy");
    reads_expect(&reads, "object-expected", "/policies/1/summary");
    reads_expect(&reads, "policy-type-missing",
                 "/policies/1/policy/policy-type");
    reads_deinit(&reads);
}

static void a_policy_without_summary_has_no_sessions(void **state)
{
    struct reads reads;

    (void)state;
    reads_init_policies(&reads, "{'policy':{'policy-type':'sts'}}", NULL);
    reads_expect(&reads, "summary-missing", "/policies/0/summary");
    assert_int_equal(reads_report(&reads)->policies[0].success_sessions, 0);
    reads_deinit(&reads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_at_any_level),
        cmocka_unit_test(the_rightly_nested_of_two_counts),
        cmocka_unit_test(what_is_no_object_is_left_out),
        cmocka_unit_test(a_policy_without_summary_has_no_sessions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
