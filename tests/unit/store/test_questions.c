/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>

#include "store/sample.h"

static struct store_totals ask(struct sample_store *sample, const char *domain,
                               int32_t from, int32_t to)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, domain,
                                   (struct store_range){ from, to }, &totals,
                                   &sample->err));
    return totals;
}

static struct store_contents contents_of(struct sample_store *sample)
{
    struct store_contents contents;

    assert_ok(sample, store_contents(sample->store, &contents, &sample->err));
    return contents;
}

static void fill(struct sample_store *sample)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 5);
    sample_put(sample, &report);
    sample->clock = clock_fixed(INT64_C(1800000100));
    sample_fill(&report, "one", "b.example", SAMPLE_DAY + 3, 10, 0);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY + 9, 20, 2);
    sample_put(sample, &report);
    sample->clock = clock_fixed(INT64_C(1800000200));
    sample_fill(&report, "one", "", UTC_DAY_NONE, 7, 1);
    sample_put(sample, &report);
}

static void an_empty_store_has_totals(void **state)
{
    struct store_contents contents = contents_of(*state);

    assert_int_equal(contents.totals.sums.reports, 0);
    assert_int_equal(contents.totals.first_day, UTC_DAY_NONE);
    assert_int_equal(contents.totals.last_day, UTC_DAY_NONE);
    assert_int_equal(contents.domains, 0);
    assert_true(contents.last_stored == UTC_NONE);
    assert_int_equal(contents.quarantined, 0);
}

static void contents_are_of_everything(void **state)
{
    struct store_contents contents;

    fill(*state);
    contents = contents_of(*state);
    assert_int_equal(contents.totals.sums.reports, 4);
    assert_int_equal(contents.domains, 2);
    assert_true(contents.last_stored == 1800000200);
}

static void totals_over_everything_hold_the_undated(void **state)
{
    struct store_totals totals;

    fill(*state);
    totals = ask(*state, NULL, UTC_DAY_NONE, UTC_DAY_NONE);
    assert_int_equal(totals.sums.reports, 4);
    assert_int_equal(totals.sums.sessions, 137);
    assert_int_equal(totals.sums.failures, 8);
    assert_int_equal(totals.success_sessions, 129);
    assert_int_equal(totals.failure_sessions, 8);
    assert_int_equal(totals.first_day, SAMPLE_DAY);
    assert_int_equal(totals.last_day, SAMPLE_DAY + 9);
}

static void totals_of_a_range_are_of_its_days(void **state)
{
    struct store_totals totals;

    fill(*state);
    totals = ask(*state, NULL, SAMPLE_DAY + 1, SAMPLE_DAY + 9);
    assert_int_equal(totals.sums.reports, 2);
    assert_int_equal(totals.sums.sessions, 30);
    totals = ask(*state, NULL, SAMPLE_DAY + 4, SAMPLE_DAY + 40);
    assert_int_equal(totals.first_day, SAMPLE_DAY + 9);
    totals = ask(*state, NULL, SAMPLE_DAY + 9, SAMPLE_DAY + 3);
    assert_int_equal(totals.sums.reports, 0);
}

static void totals_of_a_domain_are_its_own(void **state)
{
    struct store_totals totals;

    fill(*state);
    totals = ask(*state, "a.example", UTC_DAY_NONE, UTC_DAY_NONE);
    assert_int_equal(totals.sums.reports, 2);
    assert_int_equal(totals.sums.failures, 7);
    totals = ask(*state, "never.example", UTC_DAY_NONE, UTC_DAY_NONE);
    assert_int_equal(totals.sums.reports, 0);
    totals = ask(*state, "", UTC_DAY_NONE, UTC_DAY_NONE);
    assert_int_equal(totals.sums.reports, 1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_empty_store_has_totals),
        test(contents_are_of_everything),
        test(totals_over_everything_hold_the_undated),
        test(totals_of_a_range_are_of_its_days),
        test(totals_of_a_domain_are_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
