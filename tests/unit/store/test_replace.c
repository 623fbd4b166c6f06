/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/stale.h"

#include <stdlib.h>
#include <string.h>

#include "store/dmarc_sample.h"
#include "store/sample.h"
#include "store/verify.h"

static void note(void *context, const struct store_fault *fault)
{
    (void)context;
    fail_msg("%s: %s: %s", fault->code, fault->where, fault->message);
}

static void assert_whole(struct sample_store *sample)
{
    const struct store_verify_options options = { .fault = note };
    struct store_verified verified;
    struct store *reader;

    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    assert_ok(sample, store_verify(reader, &options, &verified, &sample->err));
    store_close(reader);
}

/* Replaces report 1 by another reading, as version 2. */
static enum store_replaced replace(struct sample_store *sample, int64_t id,
                                   struct sample_report *fresh)
{
    struct store_report *r = &fresh->report;
    enum store_replaced replaced = STORE_REPLACED_COUNT;

    r->policies = fresh->policies;
    r->subjects = fresh->subjects;
    r->results = fresh->results;
    r->mxs = fresh->mxs;
    r->findings = fresh->findings;
    r->reader_version = 2;
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_replace_report(sample->store, id, r, &replaced,
                                           &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_whole(sample);
    return replaced;
}

static void what_reads_the_same_changes_nothing(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *before, *after;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &report);
    before = sample_dump(sample, sample_sums_sql);
    assert_int_equal(replace(sample, 1, &report), STORE_REPLACED_SAME);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_equal(before, after);
    assert_int_equal(sample_ask(sample, "SELECT reader_version FROM report"),
                     2);
    free(before);
    free(after);
}

/* The sums are those of a store that has read it so from the first. */
static void another_reading_takes_its_place(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report, fresh;
    char *right, *met;

    sample_fill(&fresh, "two", "b.example", SAMPLE_DAY + 3, 40, 1);
    fresh.report.report_id = "other";
    fresh.findings[0] = (struct store_finding){ "x", "/", "v" };
    fresh.report.n_findings = 1;
    sample_put(sample, &fresh);
    right = sample_dump(sample, sample_sums_sql);
    sample_close(state);
    sample_open(state);
    sample = *state;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &report);
    assert_int_equal(replace(sample, 1, &fresh), STORE_REPLACED_CHANGED);
    met = sample_dump(sample, sample_sums_sql);
    assert_string_equal(met, right);
    assert_int_equal(sample_ask(sample, "SELECT id FROM report"), 1);
    /* What it is now it is known as. */
    fresh.report.reader_version = 1;
    assert_int_equal(sample_put(sample, &fresh), STORE_DUPLICATE);
    free(right);
    free(met);
}

static void a_conflict_stays_one(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *before, *after;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 11, 3);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    before = sample_dump(sample, sample_sums_sql);
    report.subjects[0].sessions = 500;
    assert_int_equal(replace(sample, 2, &report), STORE_REPLACED_CHANGED);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* Two that turn out to be one report count once. */
static void a_duplicate_is_merged(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report one, other;

    sample_fill(&one, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &one);
    sample_fill(&other, "odd", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &other);
    assert_int_equal(replace(sample, 2, &one), STORE_REPLACED_MERGED);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 1);
}

/* Two that turn out to have one key: the one that is there stays. */
static void one_of_two_becomes_a_conflict(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report one, other, fresh;
    struct store_totals totals;

    sample_fill(&one, "one", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &one);
    sample_fill(&other, "odd", "a.example", SAMPLE_DAY, 20, 3);
    sample_put(sample, &other);
    sample_fill(&fresh, "one", "a.example", SAMPLE_DAY, 20, 3);
    memcpy(fresh.report.content_hash, other.report.content_hash, DIGEST_BYTES);
    assert_int_equal(replace(sample, 2, &fresh), STORE_REPLACED_CHANGED);
    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    assert_int_equal(totals.sums.reports, 1);
    assert_int_equal(totals.sums.sessions, 10);
    assert_int_equal(totals.conflicts, 1);
}

/* One that counts is not set aside for one that does not, whichever came
 * first; nor is a better proven one. */
static void what_counts_does_not_yield(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report one, other, fresh;
    struct store_totals totals;

    sample_fill(&one, "one", "a.example", SAMPLE_DAY, 10, 3);
    one.report.standing = STORE_UNPROVEN;
    one.report.proof = STORE_PROOF_HTTPS;
    sample_put(sample, &one);
    sample_fill(&other, "odd", "a.example", SAMPLE_DAY, 20, 3);
    sample_put(sample, &other);
    sample_fill(&fresh, "one", "a.example", SAMPLE_DAY, 20, 3);
    memcpy(fresh.report.content_hash, other.report.content_hash, DIGEST_BYTES);
    assert_int_equal(replace(sample, 2, &fresh), STORE_REPLACED_CHANGED);
    assert_ok(sample, store_totals(sample->store, NULL, SAMPLE_ALL, &totals,
                                   &sample->err));
    assert_int_equal(totals.sums.sessions, 20);
    assert_int_equal(totals.conflicts, 1);
    assert_int_equal(sample_ask(sample, "SELECT standing FROM report"
                                        " WHERE id = 1"),
                     STORE_CONFLICTING);
}

static void the_better_copy_stays(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report one, other;

    sample_fill(&one, "one", "a.example", SAMPLE_DAY, 10, 3);
    one.report.standing = STORE_UNPROVEN;
    one.report.proof = STORE_PROOF_HTTPS;
    one.report.arrival.judge_at = 100;
    sample_put(sample, &one);
    sample_fill(&other, "odd", "a.example", SAMPLE_DAY, 10, 3);
    sample_put(sample, &other);
    one.report.standing = STORE_COUNTED;
    assert_int_equal(replace(sample, 2, &one), STORE_REPLACED_CHANGED);
    assert_int_equal(sample_ask(sample, "SELECT id FROM report"), 2);
    assert_int_equal(sample_ask(sample, "SELECT standing FROM report"),
                     STORE_COUNTED);
    /* The other's arrival may prove better still. */
    assert_int_equal(sample_ask(sample, "SELECT report_id FROM pending"), 2);
}

static void messages_are_replaced_too(void **state)
{
    struct sample_store *sample = *state;
    enum store_replaced replaced;
    struct dmarc_sample dmarc;

    dmarc_sample_fill(&dmarc, "one", "a.example", SAMPLE_DAY, 30, 10);
    dmarc_sample_put(sample, &dmarc);
    dmarc.rows[0].messages += 5;
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_replace_report(sample->store, 1, &dmarc.report,
                                           &replaced, &sample->err));
    assert_int_equal(replaced, STORE_REPLACED_CHANGED);
    assert_ok(sample, store_replace_report(sample->store, 1, &dmarc.report,
                                           &replaced, &sample->err));
    assert_int_equal(replaced, STORE_REPLACED_SAME);
    /* It is no TLS report. */
    dmarc.report.dmarc = NULL;
    assert_int_equal(store_replace_report(sample->store, 1, &dmarc.report,
                                          &replaced, &sample->err),
                     1);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT messages FROM dmarc"), 35);
    assert_whole(sample);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_reads_the_same_changes_nothing),
        TEST(another_reading_takes_its_place),
        TEST(a_conflict_stays_one),
        TEST(a_duplicate_is_merged),
        TEST(one_of_two_becomes_a_conflict),
        TEST(what_counts_does_not_yield),
        TEST(the_better_copy_stays),
        TEST(messages_are_replaced_too),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
