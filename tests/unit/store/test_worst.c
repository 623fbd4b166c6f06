/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/worst.h"

#include <string.h>

#include "store/sample.h"

/* Puts a report of one result type at one MX. */
static void put(struct sample_store *sample, int32_t day, const char *type,
                const char *mx, int64_t failures)
{
    struct sample_report report;

    sample_fill(&report, mx, "example.com", day, 1000, failures);
    report.results[0].key = type;
    report.mxs[0].key = mx;
    sample_put(sample, &report);
}

static void assert_worst(struct sample_store *sample, struct store_range range,
                         const char *domain, const char *type,
                         const char *expected)
{
    struct arena arena;
    const char *mx = "untouched";

    arena_init(&arena, 1 << 16);
    assert_ok(sample, store_find_worst_mx(sample->store, domain, range, type,
                                          &arena, &mx, &sample->err));
    if (!expected)
        assert_null(mx);
    else if (!mx || strcmp(mx, expected) != 0)
        fail_msg("%s: expected %s, got %s", type, expected, mx ? mx : "none");
    arena_deinit(&arena);
}

static void the_mx_is_that_of_the_result_type(void **state)
{
    struct sample_store *sample = *state;
    const struct store_range last = { SAMPLE_DAY + 1, SAMPLE_DAY + 1 };

    put(sample, SAMPLE_DAY, "tlsa-invalid", "mx1.example.net", 90);
    put(sample, SAMPLE_DAY, "certificate-expired", "mx2.example.net", 5);
    put(sample, SAMPLE_DAY + 1, "certificate-expired", "mx3.example.net", 4);
    put(sample, SAMPLE_DAY, "certificate-expired", "", 50);
    assert_worst(sample, SAMPLE_ALL, "example.com", "tlsa-invalid",
                 "mx1.example.net");
    assert_worst(sample, SAMPLE_ALL, "example.com", "certificate-expired",
                 "mx2.example.net");
    assert_worst(sample, last, "example.com", "certificate-expired",
                 "mx3.example.net");
    assert_worst(sample, last, "example.com", "tlsa-invalid", NULL);
    assert_worst(sample, SAMPLE_ALL, "other.example", "tlsa-invalid", NULL);
    assert_worst(sample, SAMPLE_ALL, "example.com", "dane-required", NULL);
}

/* One report, two result types, two MX hosts: what it has of the one type
 * bounds what an MX can have of it. */
static void an_mx_counts_no_more_than_the_report_has_of_the_type(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    put(sample, SAMPLE_DAY, "dane-required", "mx1.example.net", 3);
    sample_fill(&report, "both", "example.com", SAMPLE_DAY, 1000, 500);
    report.results[1] =
        (struct store_share){ "example.com", "dane-required", 1 };
    report.mxs[0].key = "mx2.example.net";
    report.report.n_results = 2;
    sample_put(sample, &report);
    assert_worst(sample, SAMPLE_ALL, "example.com", "dane-required",
                 "mx1.example.net");
    assert_worst(sample, SAMPLE_ALL, "example.com", "certificate-expired",
                 "mx2.example.net");
}

static void conflicts_say_nothing(void **state)
{
    struct sample_store *sample = *state;

    put(sample, SAMPLE_DAY, "certificate-expired", "mx2.example.net", 5);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    assert_int_equal(
        sample_ask(sample, "UPDATE line SET standing = 1 RETURNING 1"), 1);
    assert_worst(sample, SAMPLE_ALL, "example.com", "certificate-expired",
                 NULL);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_mx_is_that_of_the_result_type),
        test(an_mx_counts_no_more_than_the_report_has_of_the_type),
        test(conflicts_say_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
