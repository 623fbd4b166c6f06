/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/prune.h"

#include <stdio.h>
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

/* The store is whole and its sums are right. */
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

/* Prunes to the end. What was told to be removed before is what is removed. */
static struct store_pruned prune(struct sample_store *sample,
                                 const struct store_retention *keep)
{
    struct store_prune pruning;
    struct store_pruned expected;
    int status;

    assert_ok(sample,
              store_prune_count(sample->store, keep, &expected, &sample->err));
    store_prune_init(&pruning, keep);
    do {
        status = store_prune_step(sample->store, &pruning, &sample->err);
    } while (status > 0);
    assert_ok(sample, status);
    assert_int_equal(pruning.counts.reports, expected.reports);
    assert_int_equal(pruning.counts.quarantined, expected.quarantined);
    assert_int_equal(pruning.counts.raws, expected.raws);
    assert_int_equal(pruning.counts.raw_bytes, expected.raw_bytes);
    assert_whole(sample);
    return pruning.counts;
}

/* Puts reports of the days from..to, each with a raw of its own. */
static void put_days(struct sample_store *sample, int from, int to)
{
    static const char *const domains[] = { "a.example", "b.example" };
    struct sample_report report;
    struct dmarc_sample dmarc;

    for (int day = from; day < to; day++) {
        sample_fill(&report, day % 3 ? "one" : "two", domains[day % 2],
                    SAMPLE_DAY + day, 1000 + day, day % 4);
        sample_put(sample, &report);
        dmarc_sample_fill(&dmarc, "one", domains[day % 2], SAMPLE_DAY + day,
                          2000 + day, day % 5);
        dmarc_sample_put(sample, &dmarc);
    }
}

static void facts_go_by_their_day(void **state)
{
    const struct store_retention keep = { .facts_days = 30 };
    struct sample_store *sample = *state;
    struct sample_report report;
    char *young, *left;

    sample_set_today(sample, SAMPLE_DAY + 100);
    put_days(sample, 70, 100);
    young = sample_dump(sample, sample_sums_sql);
    put_days(sample, 0, 70);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY + 4, 1, 0);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);

    assert_int_equal(prune(sample, &keep).reports, 2 * 70 + 1);
    left = sample_dump(sample, sample_sums_sql);
    assert_string_equal(left, young);
    assert_int_equal(sample_ask(sample, "SELECT min(day) FROM report"),
                     SAMPLE_DAY + 70);
    assert_int_equal(prune(sample, &keep).reports, 0);
    free(young);
    free(left);
}

static void what_has_no_day_goes_by_its_storing(void **state)
{
    const struct store_retention keep = { .facts_days = 30 };
    struct sample_store *sample = *state;
    struct sample_report report;
    struct dmarc_sample dmarc;

    sample_set_today(sample, SAMPLE_DAY);
    sample_fill(&report, "one", "a.example", UTC_DAY_NONE, 10, 1);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", UTC_DAY_NONE, 11, 1);
    assert_int_equal(sample_put(sample, &report), STORE_CONFLICT);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY + 50000, 10, 1);
    sample_put(sample, &report);
    dmarc_sample_fill(&dmarc, "one", "a.example", UTC_DAY_NONE, 10, 1);
    dmarc_sample_put(sample, &dmarc);
    sample_set_today(sample, SAMPLE_DAY + 29);
    sample_fill(&report, "two", "a.example", UTC_DAY_NONE, 12, 1);
    sample_put(sample, &report);
    assert_int_equal(prune(sample, &keep).reports, 0);
    sample_set_today(sample, SAMPLE_DAY + 31);
    assert_int_equal(prune(sample, &keep).reports, 4);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 1);
}

/* What went is known, so that it does not come back from its raw. */
static void what_went_is_known(void **state)
{
    const struct store_retention keep = { .facts_days = 30 };
    const int64_t then = (SAMPLE_DAY + 50) * UTC_DAY_SECONDS;
    struct sample_store *sample = *state;
    struct store_floor floor;

    sample_set_today(sample, SAMPLE_DAY + 100);
    assert_ok(sample, store_find_floor(sample->store, &floor, &sample->err));
    assert_false(store_floor_has(&floor, SAMPLE_DAY, then));
    put_days(sample, 60, 80);
    assert_int_equal(prune(sample, &keep).reports, 2 * 10);
    assert_ok(sample, store_find_floor(sample->store, &floor, &sample->err));
    assert_true(store_floor_has(&floor, SAMPLE_DAY + 69, then));
    assert_false(store_floor_has(&floor, SAMPLE_DAY + 70, then));
    /* Undated, or of a day that was not yet: by the time of storing. */
    assert_true(store_floor_has(&floor, UTC_DAY_NONE, then));
    assert_true(store_floor_has(&floor, SAMPLE_DAY + 500, then));
    assert_false(
        store_floor_has(&floor, UTC_DAY_NONE, then + 30 * UTC_DAY_SECONDS));
    /* What came afterwards is somebody's wish. */
    assert_false(store_floor_has(&floor, SAMPLE_DAY, floor.at + 1));
}

static void raws_go_before_their_reports(void **state)
{
    const struct store_retention keep = { .raw_days = 10 };
    struct sample_store *sample = *state;
    struct sample_report report;
    struct store_pruned pruned;
    struct buffer octets;
    char *before, *after;

    sample_set_today(sample, SAMPLE_DAY);
    put_days(sample, 0, 20);
    sample_set_today(sample, SAMPLE_DAY + 11);
    /* The same octets once more: young again. */
    sample_fill(&report, "three", "a.example", SAMPLE_DAY, 1002, 2);
    sample_put(sample, &report);
    before = sample_dump(sample, sample_sums_sql);
    pruned = prune(sample, &keep);
    assert_int_equal(pruned.reports, 0);
    assert_int_equal(pruned.raws, 39);
    assert_true(pruned.raw_bytes > 0);
    after = sample_dump(sample, sample_sums_sql);
    assert_string_equal(before, after);
    free(before);
    free(after);

    buffer_init(&octets, 100000);
    sample_fill(&report, "two", "a.example", SAMPLE_DAY, 1000, 0);
    assert_int_equal(sample_put(sample, &report), STORE_DUPLICATE);
    assert_ok(sample, store_get_raw(sample->store, report.report.raw_hash,
                                    &octets, &sample->err));
    assert_int_equal(octets.len, strlen("1000 0"));
    assert_whole(sample);
    /* What came again is kept until the next time. */
    assert_int_equal(prune(sample, &keep).raws, 1);
    buffer_reset(&octets);
    assert_int_equal(store_get_raw(sample->store, report.report.raw_hash,
                                   &octets, &sample->err),
                     1);
    buffer_deinit(&octets);
}

static void put_refused(struct sample_store *sample, const char *text,
                        const char *reason)
{
    static const struct store_finding findings[] = { { "x", "", NULL } };
    unsigned char hash[DIGEST_BYTES];

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_true(
        store_put_raw(sample->store, slice_of(text), hash, &sample->err) >= 0);
    assert_ok(sample, store_put_quarantine(
                          sample->store,
                          &(struct store_refusal){ .raw_hash = hash,
                                                   .input = "in.eml",
                                                   .reason = reason,
                                                   .findings = findings,
                                                   .n_findings = 1,
                                                   .reader_version = 1 },
                          &sample->err));
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void what_was_refused_goes_with_its_octets(void **state)
{
    const struct store_retention keep = { .raw_days = 5,
                                          .quarantine_days = 90 };
    struct sample_store *sample = *state;
    struct sample_report report;

    sample_set_today(sample, SAMPLE_DAY);
    put_refused(sample, "spam", "no report");
    put_refused(sample, "spam", "another reason");
    put_refused(sample, "10 1", "half of it");
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 11, 1);
    sample_put(sample, &report);
    sample_set_today(sample, SAMPLE_DAY + 90);
    put_refused(sample, "fresh", "no report");
    assert_int_equal(prune(sample, &keep).quarantined, 0);
    sample_set_today(sample, SAMPLE_DAY + 91);
    assert_int_equal(prune(sample, &keep).quarantined, 3);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM quarantine"), 1);
    /* One is a report's, too, whose octets are as old. */
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 2);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM raw WHERE encoding = 2"), 1);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM quarantine_finding"), 1);
}

/* A crash between a large raw and its report leaves it alone. */
static void a_raw_of_nothing_goes_after_an_hour(void **state)
{
    const struct store_retention keep = { .raw_days = 5 };
    struct sample_store *sample = *state;
    struct sample_report report;
    unsigned char hash[DIGEST_BYTES];

    sample_set_today(sample, SAMPLE_DAY);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    store_put_raw(sample->store, slice_of("lone"), hash, &sample->err);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 11, 1);
    sample_put(sample, &report);
    assert_int_equal(prune(sample, &keep).raws, 0);
    sample_set_today(sample, SAMPLE_DAY + 1);
    assert_int_equal(prune(sample, &keep).raws, 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 1);
}

static int see_listed(void *context, const struct store_listed *listed,
                      struct err *err)
{
    int *n = context;

    (void)listed, (void)err;
    ++*n;
    return 0;
}

/* Lists and pruning step over what has no report, and have it mended. */
static void what_has_no_report_holds_up_nothing(void **state)
{
    const struct store_retention keep = { .facts_days = 30 };
    const struct store_filter filter = { .range = SAMPLE_ALL };
    struct sample_store *sample = *state;
    char cursor[STORE_CURSOR_BYTES];
    struct store_prune pruning;
    int64_t n_lost;
    int n_steps = 0, n_listed = 0, status;

    sample_set_today(sample, SAMPLE_DAY + 100);
    put_days(sample, 0, 10);
    free(sample_dump(sample, "INSERT INTO line SELECT standing, domain_id,"
                             " label_id, day - 100, report_id + 5000,"
                             " organization_id, sessions, failures FROM line"));
    free(sample_dump(sample, "DELETE FROM report WHERE kind = 1 AND id < 9"));
    assert_ok(sample,
              store_each_report(sample->store, &filter, NULL, 100, cursor,
                                see_listed, &n_listed, &sample->err));
    assert_int_equal(n_listed, 10);
    store_prune_init(&pruning, &keep);
    do {
        status = store_prune_step(sample->store, &pruning, &sample->err);
    } while (status > 0 && ++n_steps < 200);
    assert_ok(sample, status);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 0);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM dmarc"), 0);
    assert_ok(sample, store_count_lost(sample->store, &n_lost, &sample->err));
    assert_true(n_lost > 0);
}

static void nothing_goes_where_all_is_kept(void **state)
{
    const struct store_retention keep = { 0 };
    struct sample_store *sample = *state;
    struct store_pruned pruned;

    put_days(sample, 0, 10);
    put_refused(sample, "spam", "no report");
    sample_set_today(sample, SAMPLE_DAY + 50000);
    pruned = prune(sample, &keep);
    assert_int_equal(pruned.reports + pruned.raws + pruned.quarantined, 0);
}

/* A run, as the daemon has one every hour. Returns: the raws that went. */
static int64_t run_once(struct sample_store *sample)
{
    const struct store_retention keep = { .raw_days = 5 };
    struct store_prune pruning;
    int status;

    store_prune_init(&pruning, &keep);
    do {
        status = store_prune_step(sample->store, &pruning, &sample->err);
    } while (status > 0);
    assert_ok(sample, status);
    return pruning.counts.raws;
}

/* Some ten thousands that stay stand before one that is to go. */
static void a_run_goes_on_where_the_last_one_ended(void **state)
{
    struct sample_store *sample = *state;

    sample_set_today(sample, SAMPLE_DAY);
    put_days(sample, 0, 1);
    free(sample_dump(sample, "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL"
                             " SELECT i + 1 FROM n WHERE i < 50999)"
                             " INSERT INTO raw SELECT i, cast(i AS blob), 1, 0,"
                             " x'00', 1e10 FROM n"));
    free(sample_dump(sample, "INSERT INTO raw VALUES (60000, x'00', 1, 0,"
                             " x'00', 0)"));
    sample_set_today(sample, SAMPLE_DAY + 10);
    assert_int_equal(run_once(sample), 2); /* of the reports */
    assert_int_equal(run_once(sample), 0);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM raw WHERE id = 60000"), 1);
    assert_int_equal(run_once(sample), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 50002);
    /* And begins again: what stayed for its time goes then. */
    free(sample_dump(sample, "UPDATE raw SET put_at = 0 WHERE id = 1000"));
    assert_int_equal(run_once(sample), 1);
}

/* No later report tells that it is old. */
static void the_last_raw_goes_as_well(void **state)
{
    struct sample_store *sample = *state;
    unsigned char hash[DIGEST_BYTES];

    sample_set_today(sample, SAMPLE_DAY);
    put_days(sample, 0, 1);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    store_put_raw(sample->store, slice_of("lone"), hash, &sample->err);
    assert_ok(sample, store_commit(sample->store, &sample->err));
    assert_int_equal(run_once(sample), 0);
    sample_set_today(sample, SAMPLE_DAY + 1);
    assert_int_equal(run_once(sample), 1);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 2);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(facts_go_by_their_day),
        TEST(what_has_no_day_goes_by_its_storing),
        TEST(what_went_is_known),
        TEST(raws_go_before_their_reports),
        TEST(what_was_refused_goes_with_its_octets),
        TEST(a_raw_of_nothing_goes_after_an_hour),
        TEST(what_has_no_report_holds_up_nothing),
        TEST(nothing_goes_where_all_is_kept),
        TEST(a_run_goes_on_where_the_last_one_ended),
        TEST(the_last_raw_goes_as_well),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
