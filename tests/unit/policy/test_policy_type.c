/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/policy_type.h"

#include "row.h"

static void reported_types_are_known_or_other(void **state)
{
    static const struct {
        const char *text;
        enum policy_type type;
    } rows[] = {
        { "tlsa", POLICY_TYPE_TLSA },
        { "sts", POLICY_TYPE_STS },
        { "no-policy-found", POLICY_TYPE_NONE },
        { "STS", POLICY_TYPE_STS },
        { " Tlsa\n", POLICY_TYPE_TLSA },
        { "No-Policy-Found", POLICY_TYPE_NONE },
        { "", POLICY_TYPE_OTHER },
        { "other", POLICY_TYPE_OTHER },
        { "st", POLICY_TYPE_OTHER },
        { "stsx", POLICY_TYPE_OTHER },
        { "no_policy_found", POLICY_TYPE_OTHER },
        { "dane", POLICY_TYPE_OTHER },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(rows[i].text, policy_type_parse(slice_of(rows[i].text)),
                   rows[i].type);
    assert_int_equal(policy_type_parse(SLICE("sts\0")), POLICY_TYPE_OTHER);
}

static void each_type_but_other_means_itself(void **state)
{
    (void)state;
    for (int i = 0; i < POLICY_TYPE_COUNT; i++) {
        const char *name = policy_type_name((enum policy_type)i);

        ROW_NUMBER(name, policy_type_parse(slice_of(name)), i);
    }
    assert_string_equal(policy_type_name(POLICY_TYPE_OTHER), "other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reported_types_are_known_or_other),
        cmocka_unit_test(each_type_but_other_means_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
