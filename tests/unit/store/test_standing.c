/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/standing.h"

#include <stdlib.h>

#include "store/sample.h"

static struct store_totals totals_of(struct sample_store *sample)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals;
}

/* A mail that had to be signed; its key is asked for where judge_at is set. */
static void fill_mail(struct sample_report *report, int64_t sessions,
                      enum store_standing standing, int64_t judge_at)
{
    sample_fill(report, "one", "a.example", SAMPLE_DAY, sessions, 1);
    report->report.standing = standing;
    report->report.proof =
        standing == STORE_COUNTED ? STORE_PROOF_DKIM : STORE_PROOF_NONE;
    report->report.arrival =
        (struct store_arrival){ .source = "lmtp",
                                .destination = "mailto:a@a.example",
                                .way = 1,
                                .rule = 1,
                                .is_live = true,
                                .arrived_at = 5,
                                .verdict = judge_at ? "temporary" : "fail",
                                .judge_at = judge_at };
}

static size_t n_pending(struct sample_store *sample)
{
    return (size_t)sample_ask(sample, "SELECT count(*) FROM pending");
}

/* Judges the only arrival that waits. */
static enum store_outcome judge(struct sample_store *sample,
                                struct sample_report *report,
                                enum store_standing standing,
                                const char *verdict)
{
    report->report.standing = standing;
    report->report.proof =
        standing == STORE_COUNTED ? STORE_PROOF_DKIM : STORE_PROOF_NONE;
    report->report.arrival.verdict = verdict;
    report->report.arrival.judge_at = 0;
    report->report.arrival.judges =
        sample_ask(sample, "SELECT id FROM pending");
    return sample_put(sample, report);
}

static void aside_is_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_totals totals;

    fill_mail(&report, 10, STORE_UNPROVEN, 0);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    fill_mail(&report, 20, STORE_UNCLAIMED, 0);
    report.report.report_id = "2";
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    totals = totals_of(sample);
    assert_int_equal(totals.sums.reports, 0);
    assert_int_equal(totals.unproven.reports, 1);
    assert_int_equal(totals.unproven.sessions, 10);
    assert_int_equal(totals.unclaimed.sessions, 20);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM rollup"), 0);
}

/* What counts displaces what does not, whatever came first. */
static void nearer_to_counting_stands(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 10, STORE_UNPROVEN, 0);
    sample_put(sample, &report);
    fill_mail(&report, 20, STORE_COUNTED, 0);
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    fill_mail(&report, 30, STORE_UNPROVEN, 0);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    assert_int_equal(totals_of(sample).sums.sessions, 20);
    assert_int_equal(totals_of(sample).conflicts, 2);
    assert_int_equal(totals_of(sample).unproven.reports, 0);
}

static void a_judgement_lets_a_report_count(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 10, STORE_UNPROVEN, 100);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_int_equal(n_pending(sample), 1);
    assert_int_equal(totals_of(sample).sums.reports, 0);
    assert_int_equal(judge(sample, &report, STORE_COUNTED, "pass"),
                     STORE_TAKEOVER);
    assert_int_equal(n_pending(sample), 0);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    assert_int_equal(totals_of(sample).unproven.reports, 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report WHERE"
                                        " verdict = 'pass'"),
                     1);
}

static void a_judgement_against_it_is_noted(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 10, STORE_UNPROVEN, 100);
    sample_put(sample, &report);
    assert_int_equal(judge(sample, &report, STORE_UNPROVEN, "fail"),
                     STORE_DUPLICATE);
    assert_int_equal(n_pending(sample), 0);
    assert_int_equal(totals_of(sample).unproven.reports, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report WHERE"
                                        " verdict = 'fail'"),
                     1);
}

/* What counted when it came was ours then: a judgement by what is configured since,
 * or of another address it came to, takes it out of no sum. */
static void a_judgement_takes_nothing_out(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 10, STORE_COUNTED, 100);
    sample_put(sample, &report);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    assert_int_equal(judge(sample, &report, STORE_UNCLAIMED, "pass"),
                     STORE_DUPLICATE);
    assert_int_equal(n_pending(sample), 0);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    assert_int_equal(totals_of(sample).unclaimed.reports, 0);
}

/* The same by HTTPS and then by mail whose key is asked for: the mail is no
 * duplicate to be forgotten, for it may prove what HTTPS cannot. */
static void a_duplicate_that_may_prove_more_waits(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 10, STORE_UNPROVEN, 0);
    sample_put(sample, &report);
    fill_mail(&report, 10, STORE_UNPROVEN, 100);
    report.report.input = "by mail";
    report.findings[0] = (struct store_finding){ "x", "", NULL };
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_int_equal(n_pending(sample), 1);
    assert_int_equal(judge(sample, &report, STORE_COUNTED, "pass"),
                     STORE_TAKEOVER);
    assert_int_equal(totals_of(sample).sums.reports, 1);
    assert_int_equal(n_pending(sample), 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report WHERE"
                                        " input = 'by mail'"),
                     1);
}

/* What a copy of it proved does not change what is known of the first. */
static void a_duplicate_that_proves_nothing_changes_nothing(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 10, STORE_UNPROVEN, 0);
    report.report.arrival.verdict = "none";
    sample_put(sample, &report);
    fill_mail(&report, 10, STORE_UNPROVEN, 100);
    report.report.payload = 1;
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_int_equal(judge(sample, &report, STORE_UNPROVEN, "fail"),
                     STORE_DUPLICATE);
    assert_int_equal(n_pending(sample), 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report WHERE"
                                        " verdict = 'none'"),
                     1);
}

/* A forged copy that came first, and the true one whose key was slow. */
static void a_conflict_that_is_judged_stands(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill_mail(&report, 99, STORE_UNPROVEN, 0);
    sample_put(sample, &report);
    fill_mail(&report, 10, STORE_UNPROVEN, 100);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    assert_int_equal(judge(sample, &report, STORE_COUNTED, "pass"),
                     STORE_TAKEOVER);
    assert_int_equal(totals_of(sample).sums.sessions, 10);
    assert_int_equal(totals_of(sample).conflicts, 1);
    assert_int_equal(totals_of(sample).unproven.reports, 0);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(aside_is_in_no_sum),
        test(nearer_to_counting_stands),
        test(a_judgement_lets_a_report_count),
        test(a_judgement_against_it_is_noted),
        test(a_judgement_takes_nothing_out),
        test(a_duplicate_that_may_prove_more_waits),
        test(a_duplicate_that_proves_nothing_changes_nothing),
        test(a_conflict_that_is_judged_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
