/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/since.h"

#include "store/sample.h"

static void open_means_seen_on_the_last_two_days_with_reports(void **state)
{
    struct insight_since_days days = { .last = 30, .before = 27 };
    struct insight_since_days one = { .last = 30, .before = UTC_DAY_NONE };
    struct insight_since_days none = { UTC_DAY_NONE, UTC_DAY_NONE };

    (void)state;
    assert_true(insight_since_is_open(&days, 30));
    assert_true(insight_since_is_open(&days, 27));
    assert_false(insight_since_is_open(&days, 26));
    assert_true(insight_since_is_open(&one, 30));
    assert_false(insight_since_is_open(&one, 29));
    assert_false(insight_since_is_open(&none, 30));
    assert_false(insight_since_is_open(&days, UTC_DAY_NONE));
}

static void the_days_come_from_the_domains_reports(void **state)
{
    struct sample_store *sample = *state;
    struct insight_since_days days;
    /* The last is a report of the future: the clock stands at 133. */
    static const int offsets[] = { 9, 1, 5, 300 };

    for (size_t i = 0; i < 4; i++) {
        struct sample_report report;

        sample_fill(&report, "one", i == 0 ? "b.example" : "a.example",
                    SAMPLE_DAY + offsets[i], 10, 0);
        sample_put(sample, &report);
    }
    assert_ok(sample, insight_since_find_days(sample->store, "a.example", &days,
                                              &sample->err));
    assert_int_equal(days.last, SAMPLE_DAY + 5);
    assert_int_equal(days.before, SAMPLE_DAY + 1);
    assert_ok(sample, insight_since_find_days(sample->store, NULL, &days,
                                              &sample->err));
    assert_int_equal(days.last, SAMPLE_DAY + 9);
    assert_int_equal(days.before, SAMPLE_DAY + 5);
    assert_ok(sample, insight_since_find_days(sample->store, "c.example", &days,
                                              &sample->err));
    assert_int_equal(days.last, UTC_DAY_NONE);
}

static void it_says_since_when(void **state)
{
    struct insight_since_days days = { .last = SAMPLE_DAY + 9,
                                       .before = SAMPLE_DAY + 7 };
    struct arena arena;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_string_equal(
        insight_since_format(&days, SAMPLE_DAY, SAMPLE_DAY + 9, &arena),
        "Since 2026-09-04, still open");
    assert_string_equal(
        insight_since_format(&days, SAMPLE_DAY, SAMPLE_DAY + 3, &arena),
        "From 2026-09-04 to 2026-09-07, not seen since");
    assert_string_equal(
        insight_since_format(&days, SAMPLE_DAY, SAMPLE_DAY, &arena),
        "On 2026-09-04 only");
    assert_string_equal(
        insight_since_format(&days, UTC_DAY_NONE, UTC_DAY_NONE, &arena), "");
    arena_deinit(&arena);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_means_seen_on_the_last_two_days_with_reports),
        test(the_days_come_from_the_domains_reports),
        cmocka_unit_test(it_says_since_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
