/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/mend.h"

#include <stdlib.h>
#include <string.h>

#include "store/dmarc_sample.h"
#include "store/sample.h"
#include "store/verify.h"

#include "row.h"

static const char sums_sql[] =
    "SELECT * FROM rollup ORDER BY kind, domain_id, level, block, label_id";

static void fill(struct sample_store *sample)
{
    static const char *const domains[] = { "a.example", "b.example" };
    struct sample_report report;

    for (int i = 0; i < 20; i++) {
        sample_fill(&report, i % 3 ? "one" : "two", domains[i % 2],
                    i % 9 ? SAMPLE_DAY + 5 * i : UTC_DAY_NONE, 100 + i, i % 4);
        report.report.start += i;
        sample_put(sample, &report);
    }
    dmarc_sample_put_many(sample, STORE_NEW);
}

static void note(void *context, const struct store_fault *fault)
{
    (void)context, (void)fault;
}

static const struct store_verify_options quiet = { .fault = note };

static int64_t count_lost(struct sample_store *sample, struct store *store)
{
    int64_t n = -1;

    assert_ok(sample, store_count_lost(store, &n, &sample->err));
    return n;
}

static struct store *open_beside(struct sample_store *sample,
                                 enum store_mode mode)
{
    struct store *store;

    assert_ok(sample, store_open(sample->url, mode, &sample->clock, &store,
                                 &sample->err));
    return store;
}

/* Damages a row of the tail, and goes on with another handle. */
static void damage_tail(struct sample_store *sample)
{
    sample_ask(sample, "UPDATE tail SET octets = substr(octets, 1,"
                       " length(octets) - 1) WHERE id ="
                       " (SELECT min(id) FROM tail)");
}

static struct store_totals totals_of(struct sample_store *sample,
                                     struct store *store)
{
    struct store_totals totals;

    assert_ok(sample,
              store_totals(store, NULL, SAMPLE_ALL, &totals, &sample->err));
    return totals;
}

/* It stops neither who reads nor who writes, and is remembered. */
static void a_damaged_row_of_the_tail_is_passed_over(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    struct sample_report report;
    struct store *store;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    sample_fill(&report, "two", "a.example", SAMPLE_DAY, 5, 0);
    sample_put(sample, &report);
    damage_tail(sample);
    store = open_beside(sample, STORE_READ);
    assert_int_equal(totals_of(sample, store).sums.sessions, 5);
    assert_int_equal(count_lost(sample, store), 1);
    store_close(store);

    store = open_beside(sample, STORE_WRITE);
    assert_ok(sample, store_settle(store, &sample->err));
    assert_int_equal(count_lost(sample, store), 1);
    assert_int_equal(totals_of(sample, store).sums.sessions, 5);
    assert_ok(sample, store_mend(store, &quiet, &verified, &sample->err));
    assert_true(verified.mended > 1);
    assert_int_equal(verified.mended, verified.faults);
    assert_int_equal(count_lost(sample, store), 0);
    assert_int_equal(totals_of(sample, store).sums.sessions, 15);
    store_close(store);
}

/* What is damaged; those of the level above follow. */
static const char *const damages[] = {
    "DELETE FROM rollup",
    "UPDATE rollup SET sessions = sessions + 1, reports = 7",
    "DELETE FROM rollup WHERE kind IN (2, 6, 16) AND level < 2",
    "INSERT INTO rollup SELECT kind, domain_id, level, block + 64, label_id, 9,"
    " 9, 9, 9, 9, first_day, last_day FROM rollup WHERE level = 0"
    " ON CONFLICT DO NOTHING",
    "UPDATE rollup SET first_day = first_day - 1 WHERE level > 0",
};

/* Whatever they were, they are as if they had never been damaged. */
static void sums_are_made_anew(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    struct store *beside;
    char *right, *met;

    fill(sample);
    beside = open_beside(sample, STORE_WRITE);
    assert_ok(sample, store_settle(beside, &sample->err));
    right = sample_dump(sample, sums_sql);
    for (size_t i = 0; i < ROWS(damages); i++) {
        free(sample_dump(sample, damages[i]));
        assert_ok(sample, store_mend(beside, &quiet, &verified, &sample->err));
        assert_true(verified.mended > 0);
        met = sample_dump(sample, sums_sql);
        if (strcmp(met, right) != 0)
            fail_msg("%s: %.2000s, not %.2000s", damages[i], met, right);
        free(met);
        assert_ok(sample, store_mend(beside, &quiet, &verified, &sample->err));
        assert_int_equal(verified.faults, 0);
    }
    free(right);
    store_close(beside);
}

/* What settling does, all that write do: they go on after it. */
static void settle_and_mend(struct sample_store *sample)
{
    struct store *store = open_beside(sample, STORE_WRITE);
    struct store_verified verified;

    assert_ok(sample, store_settle(store, &sample->err));
    assert_int_equal(count_lost(sample, store), 1);
    assert_ok(sample, store_mend(store, &quiet, &verified, &sample->err));
    assert_int_equal(totals_of(sample, store).sums.sessions, 15);
    assert_ok(sample, store_mend(store, &quiet, &verified, &sample->err));
    assert_int_equal(verified.faults, 0);
    store_close(store);
}

static void put_two(struct sample_store *sample)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
    sample_fill(&report, "two", "a.example", SAMPLE_DAY, 5, 0);
    sample_put(sample, &report);
}

/* Another report's number in it: it can be read, and would be written twice. */
static void a_row_of_the_tail_that_was_changed_is_passed_over(void **state)
{
    struct sample_store *sample = *state;

    put_two(sample);
    sample_ask(sample, "UPDATE tail SET facts = CAST(x'04' ||"
                       " substr(facts, 2) AS BLOB)"
                       " WHERE id = (SELECT min(id) FROM tail)");
    settle_and_mend(sample);
}

static void a_line_that_is_there_already_stops_no_writing(void **state)
{
    struct sample_store *sample = *state;

    put_two(sample);
    sample_ask(sample, "INSERT INTO Line SELECT 0, 0, 0, day, id, 1, 99, 9"
                       " FROM report WHERE id = 2"
                       " AND (SELECT count(*) FROM tail) > 0");
    settle_and_mend(sample);
}

/* Many lines go by one statement: one that is met costs none of the others. */
static void a_line_that_is_met_among_many_costs_no_other(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    struct sample_report report;
    struct store *store;
    int64_t n_lines;

    for (int i = 0; i < 100; i++) {
        char id[16];

        snprintf(id, sizeof(id), "r%d", i);
        sample_fill(&report, id, "a.example", SAMPLE_DAY, 10, 1);
        sample_put(sample, &report);
    }
    sample_ask(sample, "INSERT INTO Line SELECT 0, 0, 0, day, id, 1, 99, 9"
                       " FROM report WHERE id IN (40, 41, 90)");
    store = open_beside(sample, STORE_WRITE);
    assert_ok(sample, store_settle(store, &sample->err));
    n_lines = sample_ask(sample, "SELECT count(*) FROM line");
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM line"
                                        " WHERE sessions = 99"),
                     0);
    assert_ok(sample, store_mend(store, &quiet, &verified, &sample->err));
    assert_int_equal(sample_ask(sample, "SELECT count(*) FROM line"), n_lines);
    store_close(store);
}

/* Looking takes no lock: who writes goes on, however long it takes. */
static void where_all_is_right_nothing_is_locked(void **state)
{
    struct sample_store *sample = *state;
    struct store_verified verified;
    struct store *store;

    fill(sample);
    assert_ok(sample, store_settle(sample->store, &sample->err));
    store = open_beside(sample, STORE_WRITE);
    assert_ok(sample, store_begin(sample->store, &sample->err));
    assert_ok(sample, store_mend(store, &quiet, &verified, &sample->err));
    assert_int_equal(verified.faults, 0);
    store_rollback(sample->store);
    store_close(store);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_damaged_row_of_the_tail_is_passed_over),
        test(sums_are_made_anew),
        test(where_all_is_right_nothing_is_locked),
        test(a_row_of_the_tail_that_was_changed_is_passed_over),
        test(a_line_that_is_there_already_stops_no_writing),
        test(a_line_that_is_met_among_many_costs_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
