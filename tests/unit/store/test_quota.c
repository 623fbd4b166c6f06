/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/quota.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sample.h"

enum { MANY = 5000, OCTETS = 100 };

/* Puts a report with a raw of OCTETS octets of its own. */
static void put_report(struct sample_store *sample, const char *source, int n,
                       enum store_standing standing)
{
    struct sample_report report;
    struct store_report *r = &report.report;
    enum store_outcome outcome;
    char text[OCTETS + 1];

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    snprintf(text, sizeof(text), "%-*d", OCTETS, n);
    memcpy(text + 20, source, strlen(source));
    r->start += n;
    r->standing = standing;
    r->arrival.source = source;
    r->arrival.is_live = true;
    r->policies = report.policies;
    r->subjects = report.subjects;
    r->results = report.results;
    r->mxs = report.mxs;
    r->findings = report.findings;
    assert_int_equal(digest_compute(slice_of(text), r->content_hash), 0);
    sample_put_raw(sample, &report, text);
    assert_ok(sample,
              store_put_report(sample->store, r, &outcome, &sample->err));
    assert_int_equal(outcome, STORE_NEW);
}

static void put_refused(struct sample_store *sample, const char *source, int n)
{
    const struct store_arrival arrival = { .source = source, .is_live = true };
    unsigned char hash[DIGEST_BYTES];
    char text[OCTETS + 1];

    snprintf(text, sizeof(text), "spam %-*d", OCTETS - 5, n);
    memcpy(text + 20, source, strlen(source));
    assert_true(
        store_put_raw(sample->store, slice_of(text), hash, &sample->err) >= 0);
    assert_ok(sample, store_put_quarantine(
                          sample->store,
                          &(struct store_refusal){ .raw_hash = hash,
                                                   .input = "in",
                                                   .reason = "no report",
                                                   .reader_version = 1,
                                                   .arrival = arrival },
                          &sample->err));
}

/* Puts n of each kind by a source. */
static void put_many(struct sample_store *sample, const char *source, int from,
                     int to)
{
    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = from; i < to; i++) {
        put_report(sample, source, 3 * i, STORE_UNPROVEN);
        put_report(sample, source, 3 * i + 1, STORE_UNCLAIMED);
        put_report(sample, source, 3 * i + 2, STORE_COUNTED);
        put_refused(sample, source, i);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static int64_t run(struct sample_store *sample,
                   const struct store_quota_limits *limits)
{
    struct store_quota quota;
    int64_t n;
    int status;

    store_quota_init(&quota, limits);
    do {
        status = store_quota_step(sample->store, &quota, &sample->err);
    } while (status > 0);
    n = quota.n_dropped;
    store_quota_deinit(&quota);
    assert_ok(sample, status);
    return n;
}

static int add_dropped(void *context, const char *source, int64_t count,
                       struct err *err)
{
    char *text = context;

    (void)err;
    snprintf(text + strlen(text), 100, "%s %lld\n", source, (long long)count);
    return 0;
}

static void within_all_bounds_nothing_goes(void **state)
{
    const struct store_quota_limits limits = { { 2000, 2000, 2000 }, 1000 };
    struct sample_store *sample = *state;

    put_many(sample, "lmtp", 0, 10);
    put_many(sample, "https", 100, 110);
    assert_int_equal(run(sample, &limits), 0);
    assert_int_equal(run(sample, &(struct store_quota_limits){ 0 }), 0);
}

/* Puts n reports that conflict with the first one of a source. */
static void put_conflicts(struct sample_store *sample, int n)
{
    struct sample_report report;
    enum store_outcome outcome;
    char text[OCTETS + 1];

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = 0; i < n; i++) {
        sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
        snprintf(text, sizeof(text), "beside %-*d", OCTETS - 7, i);
        report.report.standing = STORE_UNPROVEN;
        report.report.arrival.source = "https";
        report.report.arrival.is_live = true;
        report.report.policies = report.policies;
        report.report.subjects = report.subjects;
        report.report.results = report.results;
        report.report.mxs = report.mxs;
        assert_int_equal(
            digest_compute(slice_of(text), report.report.content_hash), 0);
        sample_put_raw(sample, &report, text);
        assert_ok(sample, store_put_report(sample->store, &report.report,
                                           &outcome, &sample->err));
        assert_int_equal(outcome, STORE_CONFLICT);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void what_conflicts_is_counted_with_what_stands(void **state)
{
    struct store_quota_limits limits = { { 10 * OCTETS }, 0 };
    struct sample_store *sample = *state;

    put_many(sample, "https", 0, 5);
    put_conflicts(sample, 5);
    assert_int_equal(run(sample, &limits), 0);
    /* The oldest goes, and the five that conflict with it. */
    limits.kinds[STORE_QUOTA_UNPROVEN]--;
    assert_int_equal(run(sample, &limits), 6);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM report WHERE standing = 1"),
        0);
    assert_int_equal(run(sample, &limits), 0);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM report WHERE standing = 2"),
        4);
}

static void the_oldest_of_a_source_go(void **state)
{
    const struct store_quota_limits limits = { { 0 }, 700 };
    struct sample_store *sample = *state;
    char text[200] = "";

    put_many(sample, "https", 0, 10);
    put_many(sample, "lmtp", 100, 105);
    assert_int_equal(run(sample, &limits), 3 * 3);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM report WHERE standing = 0"),
        15);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM report WHERE standing = 2"),
        7 + 5);
    /* The three oldest: those with the smallest start. */
    assert_int_equal(sample_ask(sample, "SELECT min(start_at) FROM report"
                                        " WHERE standing = 2"),
                     (int64_t)SAMPLE_DAY * UTC_DAY_SECONDS + 9);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 60 - 9);
    assert_ok(sample, store_each_dropped(sample->store, add_dropped, text,
                                         &sample->err));
    assert_string_equal(text, "https 9\n");
    assert_int_equal(run(sample, &limits), 0);
    put_many(sample, "https", 200, 201);
    assert_int_equal(run(sample, &limits), 3);
    text[0] = '\0';
    assert_ok(sample, store_each_dropped(sample->store, add_dropped, text,
                                         &sample->err));
    assert_string_equal(text, "https 12\n");
}

/* One that floods does not drive out what another one brought. */
static void a_kind_is_bounded_at_its_largest_source(void **state)
{
    const struct store_quota_limits limits = { { 0, 0, 2000 }, 0 };
    struct sample_store *sample = *state;

    put_many(sample, "https", 0, 30);
    put_many(sample, "lmtp", 100, 105);
    assert_int_equal(run(sample, &limits), 15);
    assert_int_equal(
        sample_ask(sample, "SELECT count(*) FROM quarantine JOIN origin"
                           " ON origin.id = origin_id WHERE source = 'lmtp'"),
        5);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 105);
}

enum { LARGE = 10000, WAYS = 20, ROW = 500 };

static void put_by_many_ways(struct sample_store *sample)
{
    static char octets[LARGE];
    struct store_refusal refusal = { .input = "in",
                                     .reason = "no report",
                                     .reader_version = 1,
                                     .arrival = { .source = "lmtp",
                                                  .is_live = true } };
    unsigned char hash[DIGEST_BYTES];
    char address[64];

    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_true(store_put_raw(sample->store, slice_make(octets, LARGE), hash,
                              &sample->err) >= 0);
    refusal.raw_hash = hash;
    refusal.arrival.destination = address;
    for (int i = 0; i < WAYS; i++) {
        snprintf(address, sizeof(address), "mailto:r%d@example.com", i);
        assert_ok(sample,
                  store_put_quarantine(sample->store, &refusal, &sample->err));
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
}

static void octets_that_came_by_many_ways_are_counted_once(void **state)
{
    struct store_quota_limits limits = { { 0 }, LARGE + (WAYS - 1) * ROW };
    struct sample_store *sample = *state;

    put_by_many_ways(sample);
    assert_int_equal(run(sample, &limits), 0);
    limits.source -= 3 * ROW;
    assert_int_equal(run(sample, &limits), 3);
    limits.source = LARGE - 1;
    assert_int_equal(run(sample, &limits), WAYS - 3);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM raw"), 0);
}

/* What conflicts with a report that goes goes with it, and is counted. */
static void conflicts_that_go_along_are_counted(void **state)
{
    const struct store_quota_limits limits = { { 1 }, 0 };
    struct sample_store *sample = *state;
    struct sample_report report;
    char text[200] = "";

    for (int i = 0; i < 3; i++) {
        sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10 + i, 1);
        report.report.standing = STORE_UNPROVEN;
        report.report.arrival.source = "https";
        assert_int_equal(sample_put(sample, &report),
                         i ? STORE_CONFLICT : STORE_NEW);
    }
    assert_int_equal(run(sample, &limits), 3);
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM report"), 0);
    assert_ok(sample, store_each_dropped(sample->store, add_dropped, text,
                                         &sample->err));
    assert_string_equal(text, "https 3\n");
}

static void many_are_dropped_in_batches(void **state)
{
    const struct store_quota_limits limits = { { 0 }, 1000 };
    struct sample_store *sample = *state;

    put_many(sample, "https", 0, MANY);
    assert_int_equal(run(sample, &limits), 3 * (MANY - 10));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM line WHERE"
                                        " label_id = 0 AND standing >= 2"),
                     2 * 2 * 10);
}

#define TEST(function)                                                         \
    cmocka_unit_test_setup_teardown(function, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(within_all_bounds_nothing_goes),
        TEST(what_conflicts_is_counted_with_what_stands),
        TEST(the_oldest_of_a_source_go),
        TEST(a_kind_is_bounded_at_its_largest_source),
        TEST(octets_that_came_by_many_ways_are_counted_once),
        TEST(conflicts_that_go_along_are_counted),
        TEST(many_are_dropped_in_batches),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
