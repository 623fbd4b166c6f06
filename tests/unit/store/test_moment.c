/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/sample.h"

static void put_one(struct sample_store *sample, const char *domain)
{
    struct sample_report report;

    sample_fill(&report, "a", domain, SAMPLE_DAY, 10, 1);
    sample_put(sample, &report);
}

static int64_t reports_of(struct sample_store *sample, struct store *reader)
{
    struct store_totals totals;

    assert_ok(sample,
              store_totals(reader, NULL, SAMPLE_ALL, &totals, &sample->err));
    return totals.sums.reports;
}

static struct store *open_reader(struct sample_store *sample)
{
    struct store *reader = NULL;

    assert_ok(sample, store_open(sample->url, STORE_READ, &sample->clock,
                                 &reader, &sample->err));
    return reader;
}

static void a_held_moment_stands_still(void **state)
{
    struct sample_store *sample = *state;
    struct store *reader = open_reader(sample);

    put_one(sample, "a.example");
    assert_ok(sample, store_hold(reader, &sample->err));
    assert_int_equal(reports_of(sample, reader), 1);
    put_one(sample, "b.example");
    assert_int_equal(reports_of(sample, reader), 1);
    store_release(reader);
    assert_int_equal(reports_of(sample, reader), 2);
    store_close(reader);
}

static void it_is_held_once_and_by_readers(void **state)
{
    struct sample_store *sample = *state;
    struct store *reader = open_reader(sample);

    assert_int_equal(store_hold(sample->store, &sample->err), -1);
    assert_int_equal(sample->err.kind, ERR_USAGE);
    assert_ok(sample, store_hold(reader, &sample->err));
    assert_int_equal(store_hold(reader, &sample->err), -1);
    store_release(reader);
    store_release(reader);
    store_release(sample->store);
    assert_ok(sample, store_hold(reader, &sample->err));
    store_close(reader);
}

static int stop_at_once(void *context, const struct store_group *group,
                        struct err *err)
{
    (void)context;
    (void)group;
    (void)err;
    return 7;
}

static void a_question_broken_off_keeps_nothing(void **state)
{
    struct sample_store *sample = *state;
    struct store *reader = open_reader(sample);

    put_one(sample, "a.example");
    put_one(sample, "b.example");
    assert_ok(sample, store_hold(reader, &sample->err));
    assert_int_equal(store_each_group(reader, STORE_BY_DOMAIN, NULL, SAMPLE_ALL,
                                      stop_at_once, NULL, &sample->err),
                     7);
    store_release(reader);
    put_one(sample, "c.example");
    assert_int_equal(reports_of(sample, reader), 3);
    store_close(reader);
}

static void a_commit_changes_the_number(void **state)
{
    struct sample_store *sample = *state;
    struct store *reader = open_reader(sample);
    int64_t before, after;

    assert_ok(sample, store_change(reader, &before, &sample->err));
    put_one(sample, "a.example");
    assert_ok(sample, store_change(reader, &after, &sample->err));
    assert_true(after > before);
    store_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_held_moment_stands_still, sample_open,
                                        sample_close),
        cmocka_unit_test_setup_teardown(it_is_held_once_and_by_readers,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(a_question_broken_off_keeps_nothing,
                                        sample_open, sample_close),
        cmocka_unit_test_setup_teardown(a_commit_changes_the_number,
                                        sample_open, sample_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
