/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/spare.h"

#include <stdio.h>

#include "store/limits.h"
#include "store/sample.h"

/* Puts other content under the same key. */
static enum store_outcome put_other(struct sample_store *sample, int i,
                                    enum store_proof proof, int64_t judge_at)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100 + i, 1);
    report.report.proof = proof;
    report.report.standing =
        proof >= STORE_PROOF_FILE ? STORE_COUNTED : STORE_UNPROVEN;
    report.report.arrival.source = "https";
    report.report.arrival.judge_at = judge_at;
    return sample_put(sample, &report);
}

static int64_t n_conflicts(struct sample_store *sample, int64_t from,
                           int64_t below)
{
    char sql[160];

    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM report WHERE standing = 1 AND"
             " success_sessions BETWEEN %lld AND %lld",
             (long long)from + 99, (long long)below + 98);
    return sample_ask(sample, sql);
}

/* With their octets; the others are told. */
static void assert_kept(struct sample_store *sample, int n_kept, int n_put)
{
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"),
                     n_kept + 1);
    assert_int_equal(sample_ask(sample, "SELECT value FROM setting"
                                        " WHERE name = 'dropped:https'"),
                     n_put - n_kept);
}

static void conflicts_under_a_key_are_so_many(void **state)
{
    enum { MAX = STORE_CONFLICTS_MAX, MANY = 3 * MAX };
    struct sample_store *sample = *state;

    assert_int_equal(put_other(sample, 0, STORE_PROOF_DKIM, 0), STORE_NEW);
    /* One may be the genuine one, one is better proven than the rest. */
    assert_int_equal(put_other(sample, 1, STORE_PROOF_NONE, 50),
                     STORE_CONFLICT);
    assert_int_equal(put_other(sample, 2, STORE_PROOF_FILE, 0), STORE_CONFLICT);
    for (int i = 3; i < MANY; i++)
        assert_int_equal(put_other(sample, i, STORE_PROOF_HTTPS, 0),
                         STORE_CONFLICT);
    assert_int_equal(n_conflicts(sample, 0, MANY), MAX);
    assert_int_equal(n_conflicts(sample, 1, 3), 2);
    /* The newest of the others. */
    assert_int_equal(n_conflicts(sample, MANY - (MAX - 2), MANY), MAX - 2);
    assert_kept(sample, MAX, MANY - 1);
    assert_int_equal(put_other(sample, MANY - 1, STORE_PROOF_HTTPS, 0),
                     STORE_DUPLICATE);
}

/* What goes may be of the raw whose next report is put. */
static void one_raw_may_hold_more_than_are_kept(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    enum store_outcome outcome;

    assert_int_equal(put_other(sample, 0, STORE_PROOF_DKIM, 0), STORE_NEW);
    for (int i = 1; i <= STORE_CONFLICTS_MAX; i++)
        put_other(sample, i, STORE_PROOF_FILE, 0);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 9, 1);
    report.report.policies = report.policies;
    report.report.subjects = report.subjects;
    report.report.results = report.results;
    report.report.mxs = report.mxs;
    report.report.proof = STORE_PROOF_HTTPS;
    report.report.standing = STORE_UNPROVEN;
    sample_put_raw(sample, &report, "all of them");
    for (int i = 0; i < 5; i++) {
        report.report.content_hash[0]++;
        report.report.ordinal++;
        assert_ok(sample, store_put_report(sample->store, &report.report,
                                           &outcome, &sample->err));
        assert_int_equal(outcome, STORE_CONFLICT);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM report WHERE standing = 1"),
        STORE_CONFLICTS_MAX);
    /* What came last is there, though it is worth least. */
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report WHERE"
                                        " standing = 1 AND ordinal = 5"),
                     1);
}

/* Gives up all that waits, as when DNS had no answer for days. */
static void give_up(struct sample_store *sample)
{
    int64_t last = sample_ask(sample, "SELECT max(id) FROM pending");

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int64_t id = 1; id <= last; id++)
        assert_ok(sample,
                  store_give_up_pending(sample->store, id, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

/* Whose DNS gives no answer has all of his wait. */
static void those_that_wait_are_bounded_too(void **state)
{
    enum { MAX = STORE_CONFLICTS_ALL_MAX, MANY = MAX + 20 };
    struct sample_store *sample = *state;

    put_other(sample, 0, STORE_PROOF_DKIM, 0);
    put_other(sample, 1, STORE_PROOF_SECRET_PATH, 50);
    for (int i = 2; i < MANY; i++)
        assert_int_equal(put_other(sample, i, STORE_PROOF_NONE, 50),
                         STORE_CONFLICT);
    assert_int_equal(n_conflicts(sample, 0, MANY), MAX);
    /* The better proven, and the newest of the others. */
    assert_int_equal(n_conflicts(sample, 1, 2), 1);
    assert_int_equal(n_conflicts(sample, MANY - (MAX - 1), MANY), MAX - 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM pending"), MAX);
    assert_kept(sample, MAX, MANY - 1);
    /* One that is judged goes before any of them. */
    put_other(sample, MANY, STORE_PROOF_FILE, 0);
    put_other(sample, MANY + 1, STORE_PROOF_NONE, 50);
    assert_int_equal(n_conflicts(sample, MANY, MANY + 1), 0);
    assert_int_equal(n_conflicts(sample, 0, MANY + 2), MAX);
}

/* What was given up waits no more; the surplus goes some at a time. */
static void what_was_given_up_is_spare(void **state)
{
    enum {
        MAX = STORE_CONFLICTS_MAX,
        ALL = STORE_CONFLICTS_ALL_MAX,
        STEPS = (ALL - MAX) / (STORE_SPARES_MAX - 1)
    };
    struct sample_store *sample = *state;

    put_other(sample, 0, STORE_PROOF_DKIM, 0);
    for (int i = 1; i <= ALL; i++)
        put_other(sample, i, STORE_PROOF_NONE, 50);
    give_up(sample);
    put_other(sample, ALL + 1, STORE_PROOF_NONE, 50);
    assert_int_equal(n_conflicts(sample, 1, ALL + 2),
                     ALL + 1 - STORE_SPARES_MAX);
    assert_int_equal(n_conflicts(sample, 1, 1 + STORE_SPARES_MAX), 0);
    for (int i = 2; i <= STEPS; i++)
        put_other(sample, ALL + i, STORE_PROOF_FILE, 0);
    assert_int_equal(n_conflicts(sample, 1, ALL + STEPS + 1), MAX);
    /* The one that still waits is there. */
    assert_int_equal(n_conflicts(sample, ALL + 1, ALL + 2), 1);
    put_other(sample, ALL + STEPS + 1, STORE_PROOF_FILE, 0);
    assert_int_equal(n_conflicts(sample, 1, ALL + STEPS + 2), MAX);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(conflicts_under_a_key_are_so_many),
        TEST(one_raw_may_hold_more_than_are_kept),
        TEST(those_that_wait_are_bounded_too),
        TEST(what_was_given_up_is_spare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
