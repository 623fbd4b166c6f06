/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/insight.h"

static const struct {
    const char *name;
    int64_t sessions;
    int64_t failures;
    enum insight_state state;
    bool is_noise;
} rows[] = {
    { "nobody reported", 0, 0, INSIGHT_UNKNOWN, false },
    { "one session, well", 1, 0, INSIGHT_WELL, false },
    { "many sessions, well", 1000000, 0, INSIGHT_WELL, false },
    { "a handful of 10,000", 10000, 5, INSIGHT_WELL, true },
    { "one more than that", 10000, 6, INSIGHT_WATCH, false },
    { "one of 2,000", 2000, 1, INSIGHT_WELL, true },
    { "one of 1,999", 1999, 1, INSIGHT_WATCH, false },
    { "one of 50", 50, 1, INSIGHT_WATCH, false },
    { "two of 50", 50, 2, INSIGHT_WATCH, false },
    { "three of 50", 50, 3, INSIGHT_TROUBLE, false },
    { "three of 300", 300, 3, INSIGHT_TROUBLE, false },
    { "three of 301", 301, 3, INSIGHT_WATCH, false },
    { "one of one", 1, 1, INSIGHT_WATCH, false },
    { "two of two", 2, 2, INSIGHT_TROUBLE, false },
    { "two of four", 4, 2, INSIGHT_TROUBLE, false },
    { "two of five", 5, 2, INSIGHT_WATCH, false },
    { "one percent of a million", 1000000, 10000, INSIGHT_TROUBLE, false },
    { "a thousandth of a million", 1000000, 1000, INSIGHT_WATCH, false },
    { "all of very many", INT64_C(1) << 53, INT64_C(1) << 53, INSIGHT_TROUBLE,
      false },
};

static void each_share_has_its_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct insight_verdict got =
            insight_judge(rows[i].sessions, rows[i].failures);

        if (got.state != rows[i].state || got.is_noise != rows[i].is_noise)
            fail_msg("%s: expected %s%s, got %s%s", rows[i].name,
                     insight_state_name(rows[i].state),
                     rows[i].is_noise ? " (noise)" : "",
                     insight_state_name(got.state),
                     got.is_noise ? " (noise)" : "");
    }
}

static void more_failures_are_never_better(void **state)
{
    (void)state;
    for (int64_t sessions = 1; sessions < 5000; sessions += 37) {
        enum insight_state before = INSIGHT_WELL;

        for (int64_t failures = 0; failures <= sessions; failures++) {
            enum insight_state now = insight_judge(sessions, failures).state;

            assert_true(now >= before);
            before = now;
        }
    }
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(insight_state_name(INSIGHT_UNKNOWN), "unknown");
    assert_string_equal(insight_state_name(INSIGHT_WELL), "well");
    assert_string_equal(insight_state_name(INSIGHT_WATCH), "watch");
    assert_string_equal(insight_state_name(INSIGHT_TROUBLE), "trouble");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_share_has_its_verdict),
        cmocka_unit_test(more_failures_are_never_better),
        cmocka_unit_test(states_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
