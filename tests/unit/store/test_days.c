/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>

#include "store/sample.h"

static void fill(struct sample_store *sample)
{
    struct sample_report report;

    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 5);
    sample_put(sample, &report);
    sample->clock = clock_fixed(INT64_C(1800000100));
    sample_fill(&report, "one", "b.example", SAMPLE_DAY + 3, 10, 0);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY + 9, 20, 2);
    sample_put(sample, &report);
    sample->clock = clock_fixed(INT64_C(1800000200));
    sample_fill(&report, "one", "", UTC_DAY_NONE, 7, 1);
    sample_put(sample, &report);
}

struct lines {
    char text[1000];
    size_t len;
};

static int add_day(void *context, const struct store_day *day, struct err *err)
{
    struct lines *lines = context;

    (void)err;
    lines->len += (size_t)snprintf(
        lines->text + lines->len, sizeof(lines->text) - lines->len,
        "%d: %lld %lld %lld\n", day->day - SAMPLE_DAY,
        (long long)day->sums.reports, (long long)day->sums.sessions,
        (long long)day->sums.failures);
    return 0;
}

static int add_sessions(void *context, const struct store_day *day,
                        struct err *err)
{
    (void)err;
    *(int64_t *)context += day->sums.sessions;
    return 0;
}

static void assert_days(struct sample_store *sample, const char *domain,
                        struct store_range range, const char *expected)
{
    struct lines lines = { 0 };

    assert_ok(sample, store_each_day(sample->store, domain, range, 1, add_day,
                                     &lines, &sample->err));
    assert_string_equal(lines.text, expected);
}

static void days_come_in_order(void **state)
{
    struct sample_store *sample = *state;

    fill(sample);
    assert_days(sample, NULL, SAMPLE_ALL, "0: 1 100 5\n3: 1 10 0\n9: 1 20 2\n");
    assert_days(sample, "a.example", SAMPLE_ALL, "0: 1 100 5\n9: 1 20 2\n");
    assert_days(sample, "a.example",
                (struct store_range){ SAMPLE_DAY + 1, SAMPLE_DAY + 9 },
                "9: 1 20 2\n");
    assert_days(sample, "never.example", SAMPLE_ALL, "");
    assert_days(sample, "", SAMPLE_ALL, "");
}

static int stop(void *context, const struct store_day *day, struct err *err)
{
    (void)day;
    (void)err;
    ++*(int *)context;
    return 3;
}

static void assert_blocks(struct sample_store *sample, const char *domain,
                          struct store_range range, const char *expected)
{
    struct lines lines = { 0 };

    assert_ok(sample,
              store_each_day(sample->store, domain, range, STORE_BLOCK_DAYS,
                             add_day, &lines, &sample->err));
    assert_string_equal(lines.text, expected);
}

/* Day 20700 stands in the middle of a block of eight: blocks begin at -4, 4. */
static void blocks_hold_the_days_of_the_range(void **state)
{
    struct sample_store *sample = *state;

    fill(sample);
    assert_blocks(sample, NULL, SAMPLE_ALL, "-4: 2 110 5\n4: 1 20 2\n");
    assert_blocks(sample, "b.example", SAMPLE_ALL, "-4: 1 10 0\n");
    assert_blocks(sample, "a.example",
                  (struct store_range){ SAMPLE_DAY, SAMPLE_DAY + 9 },
                  "0: 1 100 5\n4: 1 20 2\n");
    assert_blocks(sample, NULL,
                  (struct store_range){ SAMPLE_DAY + 1, SAMPLE_DAY + 8 },
                  "1: 1 10 0\n");
    assert_blocks(sample, NULL,
                  (struct store_range){ SAMPLE_DAY + 1, SAMPLE_DAY + 3 },
                  "1: 1 10 0\n");
    assert_blocks(sample, NULL,
                  (struct store_range){ SAMPLE_DAY + 4, SAMPLE_DAY + 11 },
                  "4: 1 20 2\n");
    assert_blocks(sample, NULL,
                  (struct store_range){ SAMPLE_DAY + 4, SAMPLE_DAY + 8 }, "");
    assert_blocks(sample, NULL, (struct store_range){ 5, 4 }, "");
}

/* Over any range, blocks and days add up to the same. */
static void blocks_add_up_to_the_days(void **state)
{
    struct sample_store *sample = *state;

    assert_ok(sample, store_begin(sample->store, &sample->err));
    for (int i = 0; i < 40; i++) {
        struct sample_report report;

        sample_fill(&report, "one", "a.example", SAMPLE_DAY + i, 1 + i, 0);
        sample_put_open(sample, &report);
    }
    assert_ok(sample, store_commit(sample->store, &sample->err));
    for (int from = 0; from < 20; from++) {
        for (int to = from; to < 40; to++) {
            struct store_range range = { SAMPLE_DAY + from, SAMPLE_DAY + to };
            int64_t days = 0, blocks = 0;

            assert_ok(sample,
                      store_each_day(sample->store, NULL, range, 1,
                                     add_sessions, &days, &sample->err));
            assert_ok(sample, store_each_day(sample->store, NULL, range,
                                             STORE_BLOCK_DAYS, add_sessions,
                                             &blocks, &sample->err));
            assert_int_equal(days, blocks);
        }
    }
}

static void a_function_can_stop_it(void **state)
{
    struct sample_store *sample = *state;
    int n = 0;

    fill(sample);
    assert_int_equal(store_each_day(sample->store, "a.example", SAMPLE_ALL, 1,
                                    stop, &n, &sample->err),
                     3);
    assert_int_equal(store_each_day(sample->store, NULL, SAMPLE_ALL, 1, stop,
                                    &n, &sample->err),
                     3);
    assert_int_equal(n, 2);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(days_come_in_order),
        test(blocks_hold_the_days_of_the_range),
        test(blocks_add_up_to_the_days),
        test(a_function_can_stop_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
