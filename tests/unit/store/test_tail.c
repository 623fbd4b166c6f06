/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/tail.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/dmarc_sample.h"
#include "store/handle.h"
#include "store/limits.h"
#include "store/sample.h"
#include "store/sql.h"
#include "store/verify.h"

/* ---- All that sums answer, as text --------------------------------------- */

static int write_group(void *context, const struct store_group *group,
                       struct err *err)
{
    (void)err;
    fprintf(context, "%s %lld %lld %lld %d %d\n", group->key,
            (long long)group->sums.reports, (long long)group->sums.sessions,
            (long long)group->sums.failures, group->first_day, group->last_day);
    return 0;
}

static int write_day(void *context, const struct store_day *day,
                     struct err *err)
{
    (void)err;
    fprintf(context, "%d %lld %lld %lld\n", day->day,
            (long long)day->sums.reports, (long long)day->sums.sessions,
            (long long)day->sums.failures);
    return 0;
}

static int write_dmarc_day(void *context, const struct store_dmarc_day *day,
                           struct err *err)
{
    (void)err;
    fprintf(context, "%d %lld %lld %lld\n", day->day,
            (long long)day->sums.reports, (long long)day->sums.messages,
            (long long)day->sums.passed);
    return 0;
}

static void ask_range(struct sample_store *sample, struct store *store,
                      const char *domain, struct store_range range, FILE *out)
{
    const struct store_filter failed = { .domain = domain,
                                         .range = range,
                                         .failed_only = true };
    struct store_totals totals;
    struct store_sums sums;

    assert_ok(sample,
              store_totals(store, domain, range, &totals, &sample->err));
    assert_ok(sample, store_filter_sums(store, &failed, &sums, &sample->err));
    fprintf(out, "%lld %lld %lld %lld %d %d, %lld %lld\n",
            (long long)totals.sums.reports, (long long)totals.sums.sessions,
            (long long)totals.sums.failures, (long long)totals.success_sessions,
            totals.first_day, totals.last_day, (long long)sums.reports,
            (long long)sums.sessions);
    for (int i = 0; i < STORE_DIMENSION_COUNT; i++)
        assert_ok(sample,
                  store_each_group(store, (enum store_dimension)i, domain,
                                   range, write_group, out, &sample->err));
    for (int days = 1; days <= STORE_BLOCK_DAYS; days += STORE_BLOCK_DAYS - 1) {
        assert_ok(sample, store_each_day(store, domain, range, days, write_day,
                                         out, &sample->err));
        assert_ok(sample,
                  store_dmarc_each_day(store, domain, range, days,
                                       write_dmarc_day, out, &sample->err));
    }
}

/* Freed by free(). */
static char *answers(struct sample_store *sample, struct store *store)
{
    static const struct store_range ranges[] = {
        { UTC_DAY_NONE, UTC_DAY_NONE },
        { SAMPLE_DAY, SAMPLE_DAY + 200 },
        { SAMPLE_DAY + 3, SAMPLE_DAY + 11 },
        { UTC_DAY_NONE, SAMPLE_DAY + 20 },
    };
    struct store_contents contents;
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);

    assert_non_null(out);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        ask_range(sample, store, NULL, ranges[i], out);
        ask_range(sample, store, "a.example", ranges[i], out);
    }
    assert_ok(sample, store_contents(store, &contents, &sample->err));
    fprintf(out, "%lld domains\n", (long long)contents.domains);
    fclose(out);
    return text;
}

static int64_t rows(struct sample_store *sample)
{
    return sample_ask(sample, "SELECT count(*) FROM tail");
}

static void put(struct sample_store *sample, int i)
{
    struct sample_report report;

    sample_fill(&report, i % 3 ? "one" : "two",
                i % 2 ? "a.example" : "b.example",
                i % 9 ? SAMPLE_DAY + i % 50 : UTC_DAY_NONE, 100 + i, i % 4);
    report.report.start += i;
    assert_int_equal(sample_put(sample, &report), STORE_NEW);
}

static void put_dmarc(struct sample_store *sample)
{
    struct dmarc_sample report;

    dmarc_sample_fill(&report, "one", "a.example", SAMPLE_DAY + 4, 30, 10);
    dmarc_sample_put(sample, &report);
}

static struct store *open_reader(struct sample_store *sample)
{
    struct store *reader;

    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    return reader;
}

static void note(void *context, const struct store_fault *fault)
{
    (void)context;
    fail_msg("%s: %s", fault->where, fault->message);
}

static void verify(struct sample_store *sample)
{
    const struct store_verify_options options = { .fault = note };
    struct store *reader = open_reader(sample);
    struct store_verified verified;

    assert_ok(sample, store_verify(reader, &options, &verified, &sample->err));
    store_close(reader);
}

/* ---- The tests ----------------------------------------------------------- */

static void sums_are_the_same_before_and_after(void **state)
{
    struct sample_store *sample = *state;
    struct store *reader = open_reader(sample);
    char *before, *others, *after;

    for (int i = 0; i < 60; i++) {
        put(sample, i);
        if (i == 20)
            assert_ok(sample, store_settle(sample->store, &sample->err));
    }
    put_dmarc(sample);
    assert_int_equal(rows(sample), 40);
    verify(sample);
    before = answers(sample, sample->store);
    others = answers(sample, reader);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    assert_int_equal(rows(sample), 0);
    after = answers(sample, sample->store);
    assert_string_equal(before, after);
    assert_string_equal(others, after);
    verify(sample);
    free(before);
    free(others);
    free(after);
    store_close(reader);
}

static void assert_same(struct sample_store *sample, struct store *reader)
{
    struct store *fresh = open_reader(sample);
    char *expected = answers(sample, fresh);
    char *text = answers(sample, reader);

    assert_string_equal(text, expected);
    free(expected);
    free(text);
    store_close(fresh);
}

static void a_reader_reads_on(void **state)
{
    struct sample_store *sample = *state;
    struct store *reader = open_reader(sample);

    for (int i = 0; i < 40; i++) {
        put(sample, i);
        if (i % 8 == 7)
            assert_ok(sample, store_settle(sample->store, &sample->err));
        if (i % 3 == 0)
            assert_same(sample, reader);
    }
    /* Of one moment, whatever is written. */
    assert_ok(sample, store_hold(reader, &sample->err));
    free(answers(sample, reader));
    put(sample, 40);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    {
        char *held = answers(sample, reader);
        char *now = answers(sample, sample->store);

        assert_string_not_equal(held, now);
        free(held);
        free(now);
    }
    store_release(reader);
    assert_same(sample, reader);
    store_close(reader);
}

static void two_that_write_in_turn_agree(void **state)
{
    struct sample_store *sample = *state;
    struct store *own = sample->store, *other;

    assert_ok(sample, store_open(sample->url, STORE_WRITE, &sample->clock,
                                 &other, &sample->err));
    for (int i = 0; i < 40; i++) {
        sample->store = i % 5 < 2 ? other : own;
        put(sample, i);
        if (i % 11 == 10)
            assert_ok(sample, store_settle(sample->store, &sample->err));
    }
    assert_same(sample, own);
    assert_same(sample, other);
    store_close(other);
    sample->store = own;
    assert_same(sample, own);
    verify(sample);
}

/* As after a crash: nothing is closed. */
static void it_outlives_its_writer(void **state)
{
    struct sample_store *sample = *state;
    pid_t child;
    int status;

    store_close(sample->store);
    sample->store = NULL;
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (store_open(sample->url, STORE_WRITE, &sample->clock, &sample->store,
                       &sample->err))
            _exit(1);
        for (int i = 0; i < 20; i++)
            put(sample, i);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_ok(sample, store_open(sample->url, STORE_WRITE, &sample->clock,
                                 &sample->store, &sample->err));
    assert_int_equal(rows(sample), 20);
    verify(sample);
    put(sample, 20);
    verify(sample);
    assert_int_equal(sample_ask(sample,
                                "SELECT sum(reports) FROM rollup WHERE kind = 1"
                                " AND domain_id = 0 AND level = 2"),
                     21);
}

static void what_is_given_up_is_in_no_sum(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    char *before, *after;

    put(sample, 1);
    before = answers(sample, sample->store);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    sample_fill(&report, "three", "a.example", SAMPLE_DAY, 5, 5);
    sample_put_open(sample, &report);
    /* A question in between writes the sums, which the rollback undoes. */
    free(answers(sample, sample->store));
    store_rollback(sample->store);
    after = answers(sample, sample->store);
    assert_string_equal(before, after);
    assert_int_equal(rows(sample), 1);
    free(before);
    free(after);
}

static void what_takes_out_empties_it(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;

    put(sample, 1);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 3);
    sample_put(sample, &report);
    assert_int_equal(rows(sample), 2);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 50, 0);
    report.report.proof = STORE_PROOF_DKIM;
    assert_int_equal(sample_put(sample, &report), STORE_TAKEOVER);
    assert_int_equal(rows(sample), 0);
    verify(sample);
}

static void it_is_bounded(void **state)
{
    struct sample_store *sample = *state;
    int64_t most = 0;

    /* Each on a day of its own: six sums that no other report has. */
    for (int i = 0; i < STORE_TAIL_SUMS / 6; i += 200) {
        assert_ok(sample, store_begin(sample->store, &sample->err));
        for (int k = i; k < i + 200; k++) {
            struct sample_report report;

            sample_fill(&report, "one", "a.example", SAMPLE_DAY + k, 100, 1);
            sample_put_open(sample, &report);
        }
        assert_ok(sample, store_commit(sample->store, &sample->err));
        if (rows(sample) > most)
            most = rows(sample);
    }
    assert_true(most > 1);
    assert_true(rows(sample) < most);
    assert_true(sample->store->tail.sums.n_deltas <= STORE_TAIL_SUMS);
}

/* What strangers write into a type is cut, and much of it is not kept here. */
static void facts_are_bounded(void **state)
{
    enum { BATCHES = 100, EACH = 20, TEXT = 3000 };
    static char text[TEXT + 1];
    struct sample_store *sample = *state;
    struct sample_report report;

    memset(text, 'x', TEXT);
    for (int i = 0; i < BATCHES; i++) {
        assert_ok(sample, store_begin(sample->store, &sample->err));
        for (int j = 0; j < EACH; j++) {
            sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 0);
            report.report.start += i * EACH + j;
            for (int k = 0; k < SAMPLE_MAX; k++) {
                report.policies[k] = report.policies[0];
                report.policies[k].type_text = text;
            }
            report.report.n_policies = SAMPLE_MAX;
            sample_put_open(sample, &report);
        }
        assert_ok(sample, store_commit(sample->store, &sample->err));
        assert_true(sample_ask(sample, "SELECT coalesce(sum(length(facts)), 0)"
                                       " FROM tail") <= STORE_TAIL_FACTS);
    }
    assert_true(sample_ask(sample, "SELECT max(length(facts)) FROM report") <
                (STORE_TYPE_TEXT_MAX + 32) * SAMPLE_MAX);
}

/* Neither what stands before it nor what comes behind is lost with it. */
static void a_damaged_row_is_passed_over(void **state)
{
    struct sample_store *sample = *state;
    struct store_totals totals;
    struct store *reader;

    for (int i = 0; i < 3; i++)
        put(sample, i + 1);
    sample_ask(sample, "UPDATE tail SET octets = substr(octets, 1, 20)"
                       " WHERE id = (SELECT min(id) + 1 FROM tail)");
    reader = open_reader(sample);
    assert_ok(sample,
              store_totals(reader, NULL, SAMPLE_ALL, &totals, &sample->err));
    assert_int_equal(totals.sums.reports, 2);
    assert_int_equal(reader->tail.n_damaged, 1);
    store_close(reader);
}

/* A report of one number, then its standing: -1, as one flipped bit makes of 0. */
static void a_standing_that_is_none_is_damage(void **state)
{
    struct sample_store *sample = *state;
    struct store_totals totals;
    struct store *reader;

    for (int i = 0; i < 3; i++)
        put(sample, i + 1);
    sample_ask(sample, "UPDATE tail SET facts = CAST(substr(facts, 1, 1) ||"
                       " x'01' || substr(facts, 3) AS BLOB)"
                       " WHERE id = (SELECT min(id) + 1 FROM tail)");
    reader = open_reader(sample);
    assert_ok(sample,
              store_totals(reader, NULL, SAMPLE_ALL, &totals, &sample->err));
    assert_int_equal(reader->tail.n_damaged, 1);
    store_close(reader);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(sums_are_the_same_before_and_after),
        test(a_reader_reads_on),
        test(two_that_write_in_turn_agree),
        test(it_outlives_its_writer),
        test(what_is_given_up_is_in_no_sum),
        test(what_takes_out_empties_it),
        test(it_is_bounded),
        test(facts_are_bounded),
        test(a_damaged_row_is_passed_over),
        test(a_standing_that_is_none_is_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
