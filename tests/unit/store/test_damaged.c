/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/damaged.h"

#include <stdlib.h>
#include <string.h>

#include "store/claim.h"
#include "store/prune.h"
#include "store/replace.h"
#include "store/sample.h"
#include "store/standing.h"
#include "store/verify.h"
#include "store/worst.h"

static const char sums_sql[] =
    "SELECT * FROM rollup ORDER BY kind, domain_id, level, block, label_id";
static const char lines_sql[] =
    "SELECT * FROM line ORDER BY standing, domain_id, label_id, day, report_id";

/* Three reports; the first, of two domains, gets damaged facts. */
static void fill(struct sample_store *sample, struct sample_report *first)
{
    struct sample_report report;

    sample_fill(first, "one", "a.example", SAMPLE_DAY - 300, 10, 3);
    first->subjects[1] = (struct store_subject){ "b.example", 4, 0 };
    first->report.n_subjects = 2;
    sample_put(sample, first);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 20, 1);
    sample_put(sample, &report);
    sample_fill(&report, "two", "b.example", SAMPLE_DAY, 30, 0);
    sample_put(sample, &report);
    sample_set_today(sample, SAMPLE_DAY);
}

static void damage(struct sample_store *sample)
{
    assert_ok(sample, store_settle(sample->store, &sample->err));
    free(sample_dump(sample, "UPDATE report SET facts = substr(facts, 1, 9)"
                             " WHERE id = 1"));
}

static int64_t n_quarantined(struct sample_store *sample)
{
    return sample_ask(sample, "SELECT count(*) FROM quarantine JOIN report"
                              " USING (raw_id) WHERE report.id = 1"
                              " AND report.reader_version = 0"
                              " AND quarantine.reader_version = 0");
}

static void note(void *context, const struct store_fault *fault)
{
    int *n = context;

    *n += strcmp(fault->code, "facts-damaged") != 0;
}

/* Faults but for the facts themselves. */
static int n_faults(struct sample_store *sample)
{
    int n = 0;
    const struct store_verify_options options = { .fault = note,
                                                  .context = &n };
    struct store_verified verified;

    assert_ok(sample,
              store_verify(sample->store, &options, &verified, &sample->err));
    return n;
}

static void it_is_pruned_with_its_lines_and_sums(void **state)
{
    const struct store_retention keep = { .facts_days = 100 };
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_prune prune;
    int status;

    fill(sample, &report);
    damage(sample);
    store_prune_init(&prune, &keep);
    do
        status = store_prune_step(sample->store, &prune, &sample->err);
    while (status > 0);
    assert_ok(sample, status);
    assert_int_equal(prune.counts.reports, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 2);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM line WHERE report_id = 1"), 0);
    assert_int_equal(n_faults(sample), 0);
}

static void move(struct sample_store *sample, enum store_standing from,
                 enum store_standing to)
{
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, standing_move(sample->store, 1, from, to, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void it_moves_with_its_sums_and_is_read_again(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *sums, *lines, *met;

    fill(sample, &report);
    damage(sample);
    sums = sample_dump(sample, sums_sql);
    lines = sample_dump(sample, lines_sql);
    assert_int_equal(n_quarantined(sample), 0);
    move(sample, STORE_COUNTED, STORE_UNCLAIMED);
    assert_int_equal(n_faults(sample), 0);
    assert_int_equal(sample_ask(sample, "SELECT sum(reports) FROM rollup WHERE"
                                        " kind = 1 AND domain_id = 0"
                                        " AND level = 0"),
                     2);
    assert_int_equal(n_quarantined(sample), 1);
    move(sample, STORE_UNCLAIMED, STORE_COUNTED);
    met = sample_dump(sample, sums_sql);
    assert_string_equal(met, sums);
    free(met);
    met = sample_dump(sample, lines_sql);
    assert_string_equal(met, lines);
    free(met);
    free(sums);
    free(lines);
}

static void a_better_one_takes_over(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    fill(sample, &report);
    damage(sample);
    report.report.failure_sessions++;
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    assert_int_equal(n_faults(sample), 0);
}

static void a_new_reading_takes_its_place(void **state)
{
    struct sample_store *sample = *state;
    enum store_replaced replaced;
    struct sample_report report;
    char *sums, *lines, *met;

    fill(sample, &report);
    sums = sample_dump(sample, sums_sql);
    lines = sample_dump(sample, lines_sql);
    damage(sample);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_replace_report(sample->store, 1, &report.report,
                                           &replaced, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(replaced, STORE_REPLACED_CHANGED);
    met = sample_dump(sample, sums_sql);
    assert_string_equal(met, sums);
    free(met);
    met = sample_dump(sample, lines_sql);
    assert_string_equal(met, lines);
    free(met);
    assert_int_equal(n_faults(sample), 0);
    free(sums);
    free(lines);
}

struct seen {
    int n, n_damaged;
};

static int see(void *context, const struct store_listed *listed,
               struct err *err)
{
    struct seen *seen = context;

    (void)err;
    seen->n++;
    seen->n_damaged += listed->is_damaged;
    if (listed->is_damaged)
        assert_int_equal(listed->n_domains, 0);
    else
        assert_int_equal(listed->n_domains, 1);
    return 0;
}

static void lists_show_it_as_damaged(void **state)
{
    const struct store_filter filter = { .range = SAMPLE_ALL };
    struct sample_store *sample = *state;
    char cursor[STORE_CURSOR_BYTES];
    struct sample_report report;
    struct seen seen = { 0 };
    struct arena arena;
    const char *mx;

    fill(sample, &report);
    damage(sample);
    assert_ok(sample, store_each_report(sample->store, &filter, NULL, 10,
                                        cursor, see, &seen, &sample->err));
    assert_int_equal(seen.n, 3);
    assert_int_equal(seen.n_damaged, 1);
    arena_init(&arena, 1 << 16);
    assert_ok(sample, store_find_worst_mx(sample->store, "a.example",
                                          SAMPLE_ALL, "certificate-expired",
                                          &arena, &mx, &sample->err));
    assert_string_equal(mx, "mx1.example.net");
    arena_deinit(&arena);
}

static bool is_ours(void *context, const char *domain)
{
    (void)context, (void)domain;
    return true;
}

static enum store_standing standing_of(void *context, int way, int rule,
                                       enum store_proof proof)
{
    (void)context, (void)way, (void)rule, (void)proof;
    return STORE_COUNTED;
}

static void a_claim_goes_round_it(void **state)
{
    const struct store_claim_judge judge = { .is_ours = is_ours,
                                             .standing = standing_of };
    struct sample_store *sample = *state;
    struct store_claim claim = { 0 };
    struct sample_report report;

    fill(sample, &report);
    move(sample, STORE_COUNTED, STORE_UNCLAIMED);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, standing_move(sample->store, 2, STORE_COUNTED,
                                    STORE_UNCLAIMED, &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    damage(sample);
    assert_ok(sample,
              store_claim_step(sample->store, &claim, &judge, 0, &sample->err));
    assert_int_equal(claim.n_claimed, 1);
    assert_int_equal(
        sample_ask(sample, "SELECT standing FROM report WHERE id = 2"), 0);
}

static void mending_has_it_read_again(void **state)
{
    int n = 0;
    const struct store_verify_options options = { .fault = note,
                                                  .context = &n };
    struct sample_store *sample = *state;
    struct store_verified verified;
    struct sample_report report;

    fill(sample, &report);
    damage(sample);
    for (int i = 0; i < 2; i++) {
        assert_ok(sample,
                  store_mend(sample->store, &options, &verified, &sample->err));
        assert_int_equal(verified.faults, 1);
        assert_int_equal(n_quarantined(sample), 1);
    }
}

/* Without its lines nobody knows what it added: sums are made anew. */
static void without_lines_something_is_lost(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    int64_t n;

    fill(sample, &report);
    damage(sample);
    free(sample_dump(sample, "DELETE FROM line WHERE report_id = 1"));
    move(sample, STORE_COUNTED, STORE_UNCLAIMED);
    assert_ok(sample, store_count_lost(sample->store, &n, &sample->err));
    assert_int_equal(n, 1);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(it_is_pruned_with_its_lines_and_sums),
        test(it_moves_with_its_sums_and_is_read_again),
        test(a_better_one_takes_over),
        test(a_new_reading_takes_its_place),
        test(lists_show_it_as_damaged),
        test(a_claim_goes_round_it),
        test(mending_has_it_read_again),
        test(without_lines_something_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
