/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/rollup.h"

#include <stdlib.h>

#include "store/handle.h"
#include "store/sample.h"

/* How often the runs of a range hold a day: 1 within, 0 outside. */
static int times_covered(const struct rollup_run *runs, size_t n, int64_t day)
{
    int times = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t block = day >> (ROLLUP_SHIFT * runs[i].level);

        times += block >= runs[i].from && block <= runs[i].to;
    }
    return times;
}

static void runs_hold_each_day_of_a_range_once(void **state)
{
    (void)state;
    for (int32_t from = -70; from < 70; from++) {
        for (int32_t to = from - 1; to < from + 200; to += 3) {
            struct rollup_run runs[ROLLUP_RUNS_MAX];
            size_t n = rollup_runs((struct store_range){ from, to }, runs);

            assert_true(n <= ROLLUP_RUNS_MAX);
            for (int32_t day = from - 80; day < to + 80; day++) {
                int expected = day >= from && day <= to;

                if (times_covered(runs, n, day) != expected)
                    fail_msg("%d to %d: day %d is covered %d times", from, to,
                             day, times_covered(runs, n, day));
            }
        }
    }
}

static void everything_is_one_run_with_the_undated(void **state)
{
    struct rollup_run runs[ROLLUP_RUNS_MAX];

    (void)state;
    assert_int_equal(rollup_runs(SAMPLE_ALL, runs), 1);
    assert_int_equal(times_covered(runs, 1, UTC_DAY_NONE), 1);
    assert_int_equal(times_covered(runs, 1, SAMPLE_DAY), 1);
    assert_int_equal(times_covered(runs, 1, INT32_MAX), 1);
}

static void an_open_end_holds_no_undated(void **state)
{
    struct rollup_run runs[ROLLUP_RUNS_MAX];
    size_t n;

    (void)state;
    n = rollup_runs((struct store_range){ UTC_DAY_NONE, SAMPLE_DAY }, runs);
    assert_int_equal(times_covered(runs, n, UTC_DAY_NONE), 0);
    assert_int_equal(times_covered(runs, n, -5), 1);
    assert_int_equal(times_covered(runs, n, SAMPLE_DAY), 1);
    assert_int_equal(times_covered(runs, n, SAMPLE_DAY + 1), 0);
    n = rollup_runs((struct store_range){ SAMPLE_DAY, UTC_DAY_NONE }, runs);
    assert_int_equal(times_covered(runs, n, UTC_DAY_NONE), 0);
    assert_int_equal(times_covered(runs, n, SAMPLE_DAY - 1), 0);
    assert_int_equal(times_covered(runs, n, SAMPLE_DAY), 1);
    assert_int_equal(times_covered(runs, n, INT32_MAX), 1);
}

/* Whatever the batches, the levels say the same. */
static void every_level_has_the_same_sums(void **state)
{
    struct sample_store *sample = *state;

    for (int i = 0; i < 200; i++) {
        struct sample_report report;

        sample_fill(&report, "one", i % 2 ? "a.example" : "b.example",
                    i % 9 ? SAMPLE_DAY + i % 40 : UTC_DAY_NONE, 100, i % 4);
        report.report.start += i;
        report.report.proof = i % 3 ? STORE_PROOF_HTTPS : STORE_PROOF_FILE;
        sample_put(sample, &report);
        if (i % 10)
            continue;
        report.report.proof = STORE_PROOF_DKIM;
        report.report.success_sessions = 50;
        report.subjects[0].sessions = 50;
        assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    }
    assert_int_equal(
        sample_ask(sample,
                   "SELECT count(*) FROM (SELECT kind, domain_id, label_id,"
                   " count(DISTINCT sums) n FROM (SELECT kind, domain_id,"
                   " label_id, sum(reports) || ' ' || sum(sessions) || ' ' ||"
                   " sum(failures) || ' ' || sum(failed_reports) || ' ' ||"
                   " sum(failed_sessions) || ' ' || min(first_day) || ' ' ||"
                   " max(last_day) AS sums FROM rollup GROUP BY kind,"
                   " domain_id, label_id, level) GROUP BY 1, 2, 3"
                   " HAVING n > 1)"),
        0);
    assert_int_equal(sample_ask(sample, "SELECT sum(reports) FROM rollup WHERE"
                                        " kind = 1 AND domain_id = 0"
                                        " AND level = 2"),
                     200);
}

static int count_row(void *context, const struct rollup_row *row,
                     struct err *err)
{
    (void)err;
    *(int64_t *)context += row->reports;
    return 0;
}

static int stop_at_once(void *context, const struct rollup_row *row,
                        struct err *err)
{
    (void)context;
    (void)row;
    (void)err;
    return 7;
}

static void a_year_of_a_domain_is_few_rows(void **state)
{
    struct sample_store *sample = *state;
    struct store_range range = { SAMPLE_DAY + 3, SAMPLE_DAY + 302 };
    int64_t reports = 0;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = 0; i < 365; i++) {
        struct sample_report report;

        sample_fill(&report, "one", "a.example", SAMPLE_DAY + i, 100, 1);
        sample_put_open(sample, &report);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_ok(sample,
              rollup_each(sample->store, DICTIONARY_DOMAIN, DICTIONARY_ALL,
                          range, count_row, &reports, &sample->err));
    assert_int_equal(reports, 300);
    assert_int_equal(rollup_each(sample->store, DICTIONARY_DOMAIN,
                                 DICTIONARY_ALL, range, stop_at_once, NULL,
                                 &sample->err),
                     7);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_hold_each_day_of_a_range_once),
        cmocka_unit_test(everything_is_one_run_with_the_undated),
        cmocka_unit_test(an_open_end_holds_no_undated),
        test(every_level_has_the_same_sums),
        test(a_year_of_a_domain_is_few_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
