/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_follow_the_distinct_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
