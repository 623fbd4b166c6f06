/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utc.h"
#include "store/dmarc_sample.h"
#include "store/sample.h"

enum { MANY = 250, NOW = 1000 };

/* Ours are a.example and b.example. */
static bool is_ours(void *context, const char *domain)
{
    (void)context;
    return strcmp(domain, "a.example") == 0 || strcmp(domain, "b.example") == 0;
}

/* As a source that requires proof. */
static enum store_standing standing(void *context, int way, int rule,
                                    enum store_proof proof)
{
    (void)context;
    assert_int_equal(way, 1);
    assert_int_equal(rule, 1);
    return proof >= STORE_PROOF_FILE ? STORE_COUNTED : STORE_UNPROVEN;
}

static const struct store_claim_judge judge = { is_ours, standing, NULL };

static void put(struct sample_store *sample, int number, const char *domain,
                enum store_standing stands, enum store_proof proof,
                int64_t judge_at)
{
    struct sample_report report;
    char id[24];

    snprintf(id, sizeof(id), "%d", number);
    sample_fill(&report, "one", domain, SAMPLE_DAY, 10 + number, 1);
    report.report.report_id = id;
    report.report.standing = stands;
    report.report.proof = proof;
    report.report.arrival = (struct store_arrival){
        .source = "lmtp",
        .way = 1,
        .rule = 1,
        .is_live = true,
        .judge_at = judge_at,
    };
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
}

/* Does all steps. Returns: their counts. */
static struct store_claim claim_all(struct sample_store *sample)
{
    struct store_claim claim = { 0 };
    int status;

    do
        status =
            store_claim_step(sample->store, &claim, &judge, NOW, &sample->err);
    while (status > 0);
    assert_ok(sample, status);
    return claim;
}

static int64_t standing_at(struct sample_store *sample, int stands)
{
    char sql[80];

    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM report WHERE standing = %d", stands);
    return sample_ask(sample, sql);
}

static void what_is_ours_now_counts(void **state)
{
    struct sample_store *sample = *state;
    struct store_claim claim;
    char *before, *after;

    put(sample, 1, "a.example", STORE_COUNTED, STORE_PROOF_DKIM, 0);
    put(sample, 2, "other.example", STORE_UNCLAIMED, STORE_PROOF_DKIM, 0);
    before = sample_dump(sample, sample_sums_sql);
    claim = claim_all(sample);
    assert_int_equal(claim.n_claimed, 0);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_equal(after, before);
    free(before);
    free(after);
    put(sample, 3, "b.example", STORE_UNCLAIMED, STORE_PROOF_DKIM, 0);
    put(sample, 4, "b.example", STORE_UNCLAIMED, STORE_PROOF_NONE, 0);
    claim = claim_all(sample);
    assert_int_equal(claim.n_claimed, 2);
    assert_int_equal(claim.n_waiting, 0);
    assert_int_equal(standing_at(sample, STORE_COUNTED), 2);
    assert_int_equal(standing_at(sample, STORE_UNPROVEN), 1);
    assert_int_equal(standing_at(sample, STORE_UNCLAIMED), 1);
    assert_int_equal(sample_ask(sample, "SELECT sum(sessions) FROM line"
                                        " WHERE domain_id = 0 AND label_id = 0"
                                        " AND standing = 0"),
                     11 + 13);
}

/* Step by step the sums become those of reports that counted from the first. */
static void sums_are_those_of_counted_ones(void **state)
{
    struct sample_store *sample = *state;
    char *claimed, *counted;

    for (int i = 0; i < MANY; i++)
        put(sample, i, i % 2 ? "a.example" : "b.example", STORE_UNCLAIMED,
            STORE_PROOF_DKIM, 0);
    assert_int_equal(claim_all(sample).n_claimed, MANY);
    claimed = sample_dump(sample, sample_sums_sql);
    sample_ask(sample, "DELETE FROM report");
    sample_ask(sample, "DELETE FROM line");
    sample_ask(sample, "DELETE FROM rollup");
    sample_reopen(sample);
    for (int i = 0; i < MANY; i++)
        put(sample, i, i % 2 ? "a.example" : "b.example", STORE_COUNTED,
            STORE_PROOF_DKIM, 0);
    counted = sample_dump(sample, sample_sums_sql);
    assert_true(strlen(counted) > 100);
    assert_string_equal(claimed, counted);
    free(claimed);
    free(counted);
}

static void all_domains_of_a_report_have_to_be_ours(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_fill(&report, "one", "other.example", SAMPLE_DAY, 10, 1);
    report.subjects[1] = (struct store_subject){ "a.example", 5, 0 };
    report.report.n_subjects = 2;
    report.report.standing = STORE_UNCLAIMED;
    sample_put(sample, &report);
    assert_int_equal(claim_all(sample).n_claimed, 0);
    assert_int_equal(standing_at(sample, STORE_UNCLAIMED), 1);
}

static void a_dmarc_report_is_claimed_too(void **state)
{
    struct sample_store *sample = *state;
    struct dmarc_sample report;

    dmarc_sample_fill(&report, "one", "b.example", SAMPLE_DAY, 10, 1);
    report.report.standing = STORE_UNCLAIMED;
    report.report.proof = STORE_PROOF_DKIM;
    report.report.arrival =
        (struct store_arrival){ .source = "lmtp", .way = 1, .rule = 1 };
    assert_int_equal(dmarc_sample_put(sample, &report), STORE_NEW);
    assert_int_equal(claim_all(sample).n_claimed, 1);
    assert_int_equal(
        sample_ask(sample,
                   "SELECT sum(messages) FROM dmarc WHERE standing = 0"),
        10);
}

/* DNS has not said yet who sent it: that is judged as ever, but now. */
static void what_waits_for_dns_is_due(void **state)
{
    struct sample_store *sample = *state;
    struct store_claim claim;
    int64_t next;

    put(sample, 1, "a.example", STORE_UNCLAIMED, STORE_PROOF_NONE, 99999);
    claim = claim_all(sample);
    assert_int_equal(claim.n_claimed, 0);
    assert_int_equal(claim.n_waiting, 1);
    assert_ok(sample, store_next_pending(sample->store, &next, &sample->err));
    assert_int_equal(next, NOW);
    assert_int_equal(standing_at(sample, STORE_UNCLAIMED), 1);
}

/* What it waited before it was given up is forgotten; of what waits it is not. */
static void what_was_given_up_waits_anew(void **state)
{
    struct sample_store *sample = *state;
    const int64_t late = (int64_t)(SAMPLE_DAY + 11) * UTC_DAY_SECONDS;
    struct store_claim claim = { 0 };
    struct store_pending *pending;
    struct arena arena;
    int64_t since;
    size_t n;

    sample_set_today(sample, SAMPLE_DAY);
    since = clock_now(&sample->clock);
    put(sample, 1, "a.example", STORE_UNCLAIMED, STORE_PROOF_NONE, since + 1);
    put(sample, 2, "a.example", STORE_UNCLAIMED, STORE_PROOF_NONE, since + 1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int64_t id = 1; id <= 2; id++)
        assert_ok(sample, store_delay_pending(sample->store, id, late + 60,
                                              &sample->err));
    assert_ok(sample, store_give_up_pending(sample->store, 1, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_ok(sample, store_claim_step(sample->store, &claim, &judge, late,
                                       &sample->err));
    assert_int_equal(claim.n_waiting, 2);
    arena_init(&arena, 1 << 20);
    assert_ok(sample, store_find_pending(sample->store, late, 10, &arena,
                                         &pending, &n, &sample->err));
    assert_int_equal(n, 2);
    for (size_t i = 0; i < n; i++) {
        const bool was_given_up = pending[i].id == 1;

        assert_int_equal(pending[i].waited_s, was_given_up ? 0 : late - since);
        assert_int_equal(pending[i].tries, was_given_up ? 0 : 1);
    }
    arena_deinit(&arena);
}

/* Does the same work in another process, as it were, once. */
static bool is_ours_elsewhere_too(void *context, const char *domain)
{
    struct sample_store *sample = context;
    struct store *other;
    struct store_claim claim = { 0 };

    if (standing_at(sample, STORE_UNCLAIMED) > 0) {
        assert_ok(sample, store_open(sample->url, STORE_WRITE, &sample->clock,
                                     &other, &sample->err));
        assert_ok(sample,
                  store_claim_step(other, &claim, &judge, NOW, &sample->err));
        store_close(other);
    }
    return is_ours(NULL, domain);
}

static void what_another_process_claimed_counts_once(void **state)
{
    struct sample_store *sample = *state;
    const struct store_claim_judge twice = { is_ours_elsewhere_too, standing,
                                             sample };
    struct store_claim claim = { 0 };
    char *once, *after;

    put(sample, 1, "a.example", STORE_UNCLAIMED, STORE_PROOF_DKIM, 0);
    put(sample, 2, "b.example", STORE_UNCLAIMED, STORE_PROOF_DKIM, 0);
    assert_ok(sample, store_claim_step(sample->store, &claim, &twice, NOW,
                                       &sample->err));
    assert_int_equal(claim.n_claimed, 0);
    assert_int_equal(standing_at(sample, STORE_COUNTED), 2);
    after = sample_dump(sample, sample_sums_sql);
    sample_ask(sample, "DELETE FROM report");
    sample_ask(sample, "DELETE FROM line");
    sample_ask(sample, "DELETE FROM rollup");
    sample_reopen(sample);
    put(sample, 1, "a.example", STORE_COUNTED, STORE_PROOF_DKIM, 0);
    put(sample, 2, "b.example", STORE_COUNTED, STORE_PROOF_DKIM, 0);
    once = sample_dump(sample, sample_sums_sql);
    assert_string_equal(after, once);
    free(once);
    free(after);
}

/* A step that fails is done again, from where it began. */
static void a_failed_step_is_done_again(void **state)
{
    struct sample_store *sample = *state;
    struct store_claim claim = { 0 };

    put(sample, 1, "a.example", STORE_UNCLAIMED, STORE_PROOF_DKIM, 0);
    put(sample, 2, "b.example", STORE_UNCLAIMED, STORE_PROOF_DKIM, 0);
    sample_ask(sample, "CREATE TRIGGER no BEFORE UPDATE OF standing ON report"
                       " WHEN old.id = 2 BEGIN SELECT RAISE(ABORT, 'no'); END");
    assert_int_equal(
        store_claim_step(sample->store, &claim, &judge, NOW, &sample->err), -1);
    assert_int_equal(claim.n_claimed, 0);
    assert_int_equal(claim.after_id, 0);
    sample_ask(sample, "DROP TRIGGER no");
    assert_ok(sample, store_claim_step(sample->store, &claim, &judge, NOW,
                                       &sample->err));
    assert_int_equal(claim.n_claimed, 2);
    assert_int_equal(standing_at(sample, STORE_COUNTED), 2);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(what_is_ours_now_counts),
        test(sums_are_those_of_counted_ones),
        test(all_domains_of_a_report_have_to_be_ours),
        test(a_dmarc_report_is_claimed_too),
        test(what_waits_for_dns_is_due),
        test(what_was_given_up_waits_anew),
        test(what_another_process_claimed_counts_once),
        test(a_failed_step_is_done_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
