/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/dmarc_sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"

static const struct store_range ranges[] = {
    { UTC_DAY_NONE, UTC_DAY_NONE },
    { SAMPLE_DAY, SAMPLE_DAY + 149 },
    { SAMPLE_DAY + 3, SAMPLE_DAY + 101 },
    { SAMPLE_DAY + 50, SAMPLE_DAY + 50 },
    { SAMPLE_DAY + 700, SAMPLE_DAY + 800 },
};
static const char *const domains[] = { NULL, "a.example", "b.example", "",
                                       "never.example" };

enum { N_RANGES = sizeof(ranges) / sizeof(*ranges) };
enum { N_DOMAINS = sizeof(domains) / sizeof(*domains) };

static struct store_dmarc_totals totals_of(struct sample_store *sample,
                                           const char *domain)
{
    struct store_dmarc_totals totals;

    assert_ok(sample, store_dmarc_totals(sample->store, domain, SAMPLE_ALL,
                                         &totals, &sample->err));
    return totals;
}

static struct store_dmarc_sums expect(const char *domain,
                                      struct store_range range)
{
    struct store_dmarc_sums sums = { .reports = 0 };

    for (size_t i = 0; i < DMARC_SAMPLE_MANY; i++) {
        struct dmarc_sample report;

        dmarc_sample_make(i, &report);
        if ((domain && strcmp(domain, report.dmarc.domain) != 0) ||
            !dmarc_sample_is_in(report.report.day, range))
            continue;
        sums.reports++;
        for (size_t j = 0; j < report.dmarc.n_rows; j++)
            dmarc_sample_add(&sums, &report.rows[j]);
    }
    return sums;
}

static void totals_are_the_sum_of_what_was_put(void **state)
{
    struct sample_store *sample = *state;

    dmarc_sample_put_many(sample, STORE_NEW);
    for (int d = 0; d < N_DOMAINS; d++) {
        for (int r = 0; r < N_RANGES; r++) {
            struct store_dmarc_sums expected = expect(domains[d], ranges[r]);
            struct store_dmarc_totals totals;

            assert_ok(sample,
                      store_dmarc_totals(sample->store, domains[d], ranges[r],
                                         &totals, &sample->err));
            dmarc_sample_assert_sums(&totals.sums, &expected);
        }
    }
    assert_true(expect(NULL, ranges[1]).messages > 100000);
}

struct days {
    struct store_dmarc_sums sums;
    int32_t last;
    int n;
    int block_days;
    struct store_range range;
};

static int take_day(void *context, const struct store_dmarc_day *day,
                    struct err *err)
{
    struct days *days = context;
    const int64_t *from = &day->sums.reports;
    int64_t *to = &days->sums.reports;

    (void)err;
    assert_true(days->n == 0 || day->day > days->last);
    assert_true(day->sums.reports > 0);
    assert_true(dmarc_sample_is_in(day->day, days->range) ||
                days->range.to == UTC_DAY_NONE);
    if (days->block_days == 1) {
        struct store_dmarc_sums expected =
            expect(NULL, (struct store_range){ day->day, day->day });

        dmarc_sample_assert_sums(&day->sums, &expected);
    }
    for (size_t i = 0; i < sizeof(days->sums) / sizeof(int64_t); i++)
        to[i] += from[i];
    days->last = day->day;
    days->n++;
    return 0;
}

static void days_add_up_to_the_totals(void **state)
{
    struct sample_store *sample = *state;

    dmarc_sample_put_many(sample, STORE_NEW);
    for (int r = 1; r < N_RANGES; r++) {
        struct store_dmarc_sums expected = expect(NULL, ranges[r]);
        struct days days = { .block_days = 1, .range = ranges[r] };
        struct days blocks = { .block_days = STORE_BLOCK_DAYS,
                               .range = ranges[r] };

        assert_ok(sample,
                  store_dmarc_each_day(sample->store, NULL, ranges[r], 1,
                                       take_day, &days, &sample->err));
        assert_ok(sample, store_dmarc_each_day(sample->store, NULL, ranges[r],
                                               STORE_BLOCK_DAYS, take_day,
                                               &blocks, &sample->err));
        dmarc_sample_assert_sums(&days.sums, &expected);
        dmarc_sample_assert_sums(&blocks.sums, &expected);
        assert_true(blocks.n <= days.n);
    }
}

static void the_same_batch_again_changes_nothing(void **state)
{
    struct sample_store *sample = *state;
    char *before, *after;

    dmarc_sample_put_many(sample, STORE_NEW);
    before = sample_dump(sample, sample_sums_sql);
    dmarc_sample_put_many(sample, STORE_DUPLICATE);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

static void a_conflict_is_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;
    struct store_dmarc_totals totals;

    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_NEW);
    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 3);
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_CONFLICT);
    totals = totals_of(sample, "a.example");
    assert_int_equal(totals.sums.messages, 10);
    assert_int_equal(totals.sums.reports, 1);
    assert_int_equal(totals.aside[STORE_CONFLICTING], 1);
    assert_int_equal(totals_of(sample, "b.example").aside[STORE_CONFLICTING],
                     0);
}

/* All sums but the numbers of names, which are given as they come. */
static char *dump_sums(struct sample_store *sample)
{
    return sample_dump(
        sample, "SELECT kind, domain_id > 0, level, block, label_id & 511,"
                " reports, sessions, failures, failed_reports,"
                " failed_sessions, first_day, last_day FROM rollup"
                " ORDER BY 1, 2, 3, 4, 5, 6, 7");
}

/* What a takeover takes out is what went in: the sums are those of the better
 * proven one alone. */
static void the_better_proven_takes_over(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;
    char *alone, *taken;

    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 40);
    report.report.proof = STORE_PROOF_DKIM;
    dmarc_sample_put(sample, &report);
    alone = dump_sums(sample);
    sample_close(state);
    sample_open(state);
    sample = *state;
    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    report.rows[0].source = "192.0.2.99";
    dmarc_sample_put(sample, &report);
    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 40);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_TAKEOVER);
    taken = dump_sums(sample);
    assert_string_equal(alone, taken);
    assert_non_null(strstr(taken, "|500|40|"));
    assert_int_equal(totals_of(sample, NULL).aside[STORE_CONFLICTING], 1);
    free(alone);
    free(taken);
}

static void unproven_and_unclaimed_stand_beside(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;
    struct store_dmarc_totals totals;

    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    report.report.standing = STORE_UNPROVEN;
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_NEW);
    totals = totals_of(sample, NULL);
    assert_int_equal(totals.sums.messages, 0);
    assert_int_equal(totals.sums.reports, 0);
    assert_int_equal(totals.aside[STORE_UNPROVEN], 1);
    report.report.standing = STORE_COUNTED;
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_TAKEOVER);
    totals = totals_of(sample, "a.example");
    assert_int_equal(totals.sums.messages, 10);
    assert_int_equal(totals.sums.passed, 7);
    assert_int_equal(totals.aside[STORE_UNPROVEN], 0);
}

static void a_tls_report_of_the_same_name_is_another(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;
    struct sample_report tls;
    struct store_totals totals;

    sample_fill(&tls, "one", "a.example", SAMPLE_DAY, 100, 1);
    assert_int_equal(sample_put(sample, &tls), STORE_NEW);
    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_NEW);
    assert_ok(sample, store_totals(sample->store, "a.example", SAMPLE_ALL,
                                   &totals, &sample->err));
    assert_int_equal(totals.sums.reports, 1);
    assert_int_equal(totals.sums.sessions, 100);
    assert_int_equal(totals_of(sample, "a.example").sums.messages, 10);
    assert_int_equal(totals_of(sample, "a.example").sums.reports, 1);
}

static void an_implausible_count_is_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;

    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    report.rows[1].messages = COUNT_PLAUSIBLE_MAX + 1;
    dmarc_sample_put(sample, &report);
    assert_int_equal(totals_of(sample, NULL).sums.messages, 7);
    assert_int_equal(totals_of(sample, NULL).sums.reports, 1);
    /* Each alone could be, together they cannot. */
    dmarc_sample_fill(&report, "two", "a.example", SAMPLE_DAY, 10, 3);
    report.rows[0].messages = report.rows[1].messages = COUNT_PLAUSIBLE_MAX;
    dmarc_sample_put(sample, &report);
    assert_int_equal(totals_of(sample, NULL).sums.messages, 7);
    assert_int_equal(totals_of(sample, NULL).sums.reports, 2);
    assert_int_equal(
        sample_ask(sample, "SELECT sum(is_implausible) FROM dmarc"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(totals_are_the_sum_of_what_was_put,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(days_add_up_to_the_totals, sample_open,
                                        sample_close),
        cmocka_unit_test_setup_teardown(the_same_batch_again_changes_nothing,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(a_conflict_is_in_no_sum, sample_open,
                                        sample_close),
        cmocka_unit_test_setup_teardown(the_better_proven_takes_over,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(unproven_and_unclaimed_stand_beside,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(
            a_tls_report_of_the_same_name_is_another, sample_open,
            sample_close),
        cmocka_unit_test_setup_teardown(an_implausible_count_is_in_no_sum,
                                        sample_open, sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
