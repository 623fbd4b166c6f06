/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sample.h"

#include <stdlib.h>

#include "store/facts.h"

static int64_t domains_of(struct sample_store *sample)
{
    struct store_contents contents;

    assert_ok(sample, store_contents(sample->store, &contents, &sample->err));
    return contents.domains;
}

static struct store_totals totals_of(struct sample_store *sample,
                                     const char *domain)
{
    struct store_totals totals;

    assert_ok(sample, store_totals(sample->store, domain, SAMPLE_ALL, &totals,
                                   &sample->err));
    return totals;
}

static void assert_sums(struct sample_store *sample, const char *domain,
                        int64_t reports, int64_t sessions, int64_t failures)
{
    struct store_totals totals = totals_of(sample, domain);

    assert_int_equal(totals.sums.reports, reports);
    assert_int_equal(totals.sums.sessions, sessions);
    assert_int_equal(totals.sums.failures, failures);
}

/* Adds up what is kept of the policies of all reports, as they were reported. */
static void each_policy(struct sample_store *sample, int64_t *out_most,
                        int *out_n_implausible)
{
    int64_t last = sample_ask(sample, "SELECT max(id) FROM report");

    *out_most = *out_n_implausible = 0;
    for (int64_t id = 1; id <= last; id++) {
        struct facts facts;

        assert_ok(sample, facts_load(sample->store, id, &facts, &sample->err));
        for (size_t i = 0; i < facts.n_policies; i++) {
            *out_n_implausible += facts.policies[i].is_implausible != 0;
            if (facts.policies[i].success_sessions > *out_most)
                *out_most = facts.policies[i].success_sessions;
        }
    }
}

static int64_t most_reported(struct sample_store *sample)
{
    int64_t most;
    int n;

    each_policy(sample, &most, &n);
    return most;
}

static int n_implausible(struct sample_store *sample)
{
    int64_t most;
    int n;

    each_policy(sample, &most, &n);
    return n;
}

static void put_many(struct sample_store *sample, enum store_outcome expected)
{
    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = 0; i < 300; i++) {
        static const char *const domains[] = { "a.example", "b.example", "" };
        struct sample_report report;

        sample_fill(&report, i % 2 ? "one" : "two", domains[i % 3],
                    i % 7 ? SAMPLE_DAY + i : UTC_DAY_NONE, 1000 + i, i % 5);
        report.report.report_id = domains[i % 3];
        if (i % 7 == 0)
            report.report.contact_info = "x";
        report.report.start += i;
        assert_int_equal(sample_put_open(sample, &report), expected);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void the_same_batch_again_changes_no_sum(void **state)
{
    struct sample_store *sample = *state;
    char *first, *second;

    put_many(sample, STORE_NEW);
    first = sample_dump(sample, sample_sums_sql);
    put_many(sample, STORE_DUPLICATE);
    second = sample_dump(sample, sample_sums_sql);
    assert_string_equal(first, second);
    assert_int_equal(totals_of(sample, NULL).sums.reports, 300);
    free(first);
    free(second);
}

/* deviation 37: a report-id comes again for another day or from another one */
static void one_id_of_another_day_or_sender_is_another_report(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 0);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY + 1, 10, 0);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    sample_fill(&report, "two", "a.example", SAMPLE_DAY, 10, 0);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    sample_fill(&report, "one", "b.example", SAMPLE_DAY, 10, 0);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_sums(sample, NULL, 4, 40, 0);
}

static void another_content_under_one_key_is_a_conflict(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *before, *after;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    before = sample_dump(sample, sample_sums_sql);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 400);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 600, 400);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_equal(before, after);
    assert_int_equal(totals_of(sample, NULL).conflicts, 2);
    assert_int_equal(totals_of(sample, "a.example").conflicts, 2);
    free(before);
    free(after);
}

static void the_better_proven_takes_over(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *alone, *taken;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 400);
    report.report.proof = STORE_PROOF_DKIM;
    sample_put(sample, &report);
    alone = sample_dump(sample, sample_sums_sql);
    sample_close(state);
    sample_open(state);
    sample = *state;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.results[0].key = "validation-failure";
    report.mxs[0].key = "mx9.example.net";
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 400);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    taken = sample_dump(sample, sample_sums_sql);
    assert_string_equal(alone, taken);
    assert_sums(sample, "a.example", 1, 500, 400);
    assert_int_equal(totals_of(sample, NULL).conflicts, 1);

    /* The first one again is now a duplicate of the conflict. */
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_int_equal(totals_of(sample, NULL).conflicts, 1);
    free(alone);
    free(taken);
}

static void a_takeover_within_one_batch_leaves_no_trace(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.results[0].key = "validation-failure";
    assert_int_equal(sample_put_open(sample, &report), STORE_NEW);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 500, 400);
    report.report.proof = STORE_PROOF_SECRET_PATH;
    assert_int_equal(sample_put_open(sample, &report), STORE_TAKEOVER);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_sums(sample, NULL, 1, 500, 400);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM rollup JOIN name"
                                        " ON name.id = label_id"
                                        " WHERE text = 'validation-failure'"),
                     0);
}

/* A conflict whose content comes again, better proven, counts in the end. */
static void a_conflict_can_take_over(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 20, 2);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    assert_sums(sample, NULL, 1, 20, 2);
    assert_int_equal(totals_of(sample, NULL).conflicts, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 2);

    assert_int_equal(
        sample_ask(sample, "SELECT proof FROM report WHERE standing = 0"),
        STORE_PROOF_DKIM);

    /* Less proof does not turn it back. */
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_sums(sample, NULL, 1, 20, 2);
}

static void better_proof_of_the_same_content_is_noted(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.report.proof = STORE_PROOF_HTTPS;
    sample_put(sample, &report);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_sums(sample, NULL, 1, 10, 1);
    assert_int_equal(totals_of(sample, NULL).conflicts, 0);
    assert_int_equal(sample_ask(sample, "SELECT proof FROM report"),
                     STORE_PROOF_DKIM);
}

/* One hostile report among a thousand others changes none of their sums. */
static void implausible_counts_are_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_totals totals;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = 0; i < 1000; i++) {
        if (i == 500) {
            sample_fill(&report, "hostile", "a.example", SAMPLE_DAY, 0, 0);
            report.policies[0].success_sessions = INT64_MAX;
            report.policies[0].failure_sessions = INT64_MAX;
            report.policies[0].is_implausible = true;
            report.report.success_sessions = INT64_MAX;
            assert_int_equal(sample_put_open(sample, &report), STORE_NEW);
        }
        sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
        report.report.start += i;
        assert_int_equal(sample_put_open(sample, &report), STORE_NEW);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
    totals = totals_of(sample, "a.example");
    assert_int_equal(totals.sums.reports, 1001);
    assert_int_equal(totals.sums.sessions, 10000);
    assert_int_equal(totals.sums.failures, 1000);
    assert_int_equal(totals.success_sessions, 9000);
    assert_int_equal(totals.failure_sessions, 1000);
    assert_int_equal(most_reported(sample), INT64_MAX);
}

/* Each policy is plausible, all of them together are not. */
static void a_report_over_a_trillion_is_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "hostile", "a.example", SAMPLE_DAY,
                INT64_C(900000000000), 0);
    report.policies[1] = report.policies[0];
    report.subjects[1] =
        (struct store_subject){ "b.example", INT64_C(900000000000), 0 };
    report.report.n_policies = report.report.n_subjects = 2;
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 1);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_sums(sample, NULL, 2, 100, 1);
    assert_sums(sample, "a.example", 2, 100, 1);
    assert_sums(sample, "b.example", 1, 0, 0);
    assert_int_equal(totals_of(sample, NULL).success_sessions, 99);
    assert_int_equal(n_implausible(sample), 2);
}

/* Even a caller that marks nothing cannot make an addition overflow. */
static void counts_of_2_to_the_63_are_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    for (int i = 0; i < 3; i++) {
        sample_fill(&report, "one", "a.example", SAMPLE_DAY, INT64_MAX,
                    INT64_MAX);
        report.report.start += i;
        assert_int_equal(sample_put(sample, &report), STORE_NEW);
    }
    assert_sums(sample, NULL, 3, 0, 0);
    assert_sums(sample, "a.example", 3, 0, 0);
}

/* What a report brought goes with it, whatever the sums are: one that is told
 * as 2^53-1 is still known to the last session. */
static void a_takeover_takes_out_what_came_in(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "b", "a.example", SAMPLE_DAY, 100, 7);
    sample_put(sample, &report);
    sample_ask(sample, "UPDATE rollup SET sessions = sessions + (1 << 53),"
                       " failures = failures + (1 << 53)");
    sample_fill(&report, "a", "a.example", SAMPLE_DAY, 1000, 50);
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_sums(sample, NULL, 2, (INT64_C(1) << 53) - 1,
                (INT64_C(1) << 53) - 1);
    assert_sums(sample, "a.example", 2, (INT64_C(1) << 53) - 1,
                (INT64_C(1) << 53) - 1);
    sample_fill(&report, "a", "a.example", SAMPLE_DAY, 10, 1);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    sample_ask(sample, "UPDATE rollup SET sessions = sessions - (1 << 53),"
                       " failures = failures - (1 << 53)");
    assert_sums(sample, NULL, 2, 110, 8);
    assert_sums(sample, "a.example", 2, 110, 8);
}

static void several_domains_are_one_report_over_all(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    report.policies[1] = report.policies[0];
    report.policies[1].subject_domain = "b.example";
    report.subjects[1] = (struct store_subject){ "b.example", 5, 0 };
    report.report.n_policies = report.report.n_subjects = 2;
    sample_put(sample, &report);
    assert_sums(sample, NULL, 1, 15, 1);
    assert_sums(sample, "a.example", 1, 10, 1);
    assert_sums(sample, "b.example", 1, 5, 0);
    assert_int_equal(domains_of(sample), 2);
}

static void a_report_without_policies_is_kept(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 0, 0);
    report.report.n_policies = report.report.n_subjects = 0;
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
    assert_sums(sample, NULL, 1, 0, 0);
    assert_int_equal(domains_of(sample), 0);
}

static void findings_are_kept_with_the_report(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *kept;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 1, 0);
    report.findings[0] = (struct store_finding){ "count-negative", "/x", "-1" };
    report.findings[1] = (struct store_finding){ "no-range", "", NULL };
    report.report.n_findings = 2;
    sample_put(sample, &report);
    kept =
        sample_dump(sample, "SELECT number, code, place, value FROM finding");
    assert_string_equal(kept, "0|count-negative|/x|-1\n1|no-range||\n");
    free(kept);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_same_batch_again_changes_no_sum),
        test(one_id_of_another_day_or_sender_is_another_report),
        test(another_content_under_one_key_is_a_conflict),
        test(the_better_proven_takes_over),
        test(a_takeover_within_one_batch_leaves_no_trace),
        test(a_conflict_can_take_over),
        test(better_proof_of_the_same_content_is_noted),
        test(implausible_counts_are_in_no_sum),
        test(a_report_over_a_trillion_is_in_no_sum),
        test(counts_of_2_to_the_63_are_in_no_sum),
        test(a_takeover_takes_out_what_came_in),
        test(several_domains_are_one_report_over_all),
        test(a_report_without_policies_is_kept),
        test(findings_are_kept_with_the_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
