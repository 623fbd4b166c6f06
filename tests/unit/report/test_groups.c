/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <stdio.h>

#include "report/groups.h"

static void few_and_many_policies_group_alike(void **state)
{
    static const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 300 };

    (void)state;
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        static struct report_policy policies[300];
        static char names[300][16];
        struct report report = { .policies = policies, .n_policies = sizes[s] };
        struct groups groups;
        struct arena arena;

        for (size_t i = 0; i < sizes[s]; i++) {
            snprintf(names[i], sizeof(names[i]), "d%zu.example", i % 7);
            policies[i].domain = names[i];
        }
        arena_init(&arena, 1 << 20);
        assert_int_equal(groups_find(&report, &arena, &groups), 0);
        assert_int_equal(groups.n_groups, sizes[s] < 7 ? sizes[s] : 7);
        for (size_t i = 0; i < sizes[s]; i++)
            assert_int_equal(groups.of_policy[i], i % 7);
        arena_deinit(&arena);
    }
}

static void sides_follow_the_type(void **state)
{
    struct groups_sums sums = { { 5, 7, 2 } };

    (void)state;
    assert_int_equal(groups_side_of(POLICY_TYPE_STS), GROUPS_STS);
    assert_int_equal(groups_side_of(POLICY_TYPE_TLSA), GROUPS_TLSA);
    assert_int_equal(groups_side_of(POLICY_TYPE_NONE), GROUPS_REST);
    assert_int_equal(groups_side_of(POLICY_TYPE_OTHER), GROUPS_REST);
    assert_int_equal(groups_distinct(&sums), 9);
    groups_add(&sums, GROUPS_STS, INT64_MAX);
    assert_int_equal(groups_distinct(&sums), INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_and_many_policies_group_alike),
        cmocka_unit_test(sides_follow_the_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
