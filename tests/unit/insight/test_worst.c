/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "insight/worst.h"
#include "store/sample.h"

static const char *ask(struct sample_store *sample, struct arena *arena,
                       enum store_dimension dimension, const char *domain)
{
    const char *key = "untouched";

    assert_ok(sample,
              insight_worst_find(sample->store, dimension, domain, SAMPLE_ALL,
                                 arena, &key, &sample->err));
    return key;
}

static void the_most_failures_win(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 5);
    sample_put(sample, &report);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY + 1, 100, 6);
    report.results[0].key = "validation-failure";
    report.mxs[0].key = "mx7.example.net";
    sample_put(sample, &report);
    assert_string_equal(ask(sample, &arena, STORE_BY_RESULT_TYPE, "a.example"),
                        "validation-failure");
    assert_string_equal(ask(sample, &arena, STORE_BY_MX, NULL),
                        "mx7.example.net");
    arena_deinit(&arena);
}

static void without_failures_there_is_none(void **state)
{
    struct sample_store *sample = *state;
    struct sample_report report;
    struct arena arena;

    arena_init(&arena, 1 << 16);
    sample_fill(&report, "one", "a.example", SAMPLE_DAY, 100, 0);
    sample_put(sample, &report);
    assert_null(ask(sample, &arena, STORE_BY_MX, "a.example"));
    assert_null(ask(sample, &arena, STORE_BY_RESULT_TYPE, "never.example"));
    arena_deinit(&arena);
}

#define test(f) cmocka_unit_test_setup_teardown(f, sample_open, sample_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(the_most_failures_win),
        test(without_failures_there_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
