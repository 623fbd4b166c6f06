/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "store/gather.h"

#include "store/limits.h"
#include "store/sample.h"

static void rows_of_one_label_are_added_up(void **state)
{
    struct gather gather;

    (void)state;
    gather_init(&gather);
    for (int64_t i = 0; i < 10000; i++) {
        struct rollup_row row = { .label_id = i % 1000,
                                  .reports = 1,
                                  .sessions = i,
                                  .failures = 2,
                                  .failed_reports = 3,
                                  .failed_sessions = 4,
                                  .first_day = 50 - i / 1000,
                                  .last_day = 50 + i / 1000 };

        assert_int_equal(gather_add(&gather, &row, NULL), 0);
    }
    assert_int_equal(gather.n_rows, 1000);
    for (size_t i = 0; i < 1000; i++) {
        const struct rollup_row *row = &gather.rows[i];

        assert_int_equal(row->label_id, i);
        assert_int_equal(row->reports, 10);
        assert_int_equal(row->sessions, 45000 + 10 * (int64_t)i);
        assert_int_equal(row->failures, 20);
        assert_int_equal(row->failed_reports, 30);
        assert_int_equal(row->failed_sessions, 40);
        assert_int_equal(row->first_day, 41);
        assert_int_equal(row->last_day, 59);
    }
    gather_deinit(&gather);
}

static void sums_do_not_overflow(void **state)
{
    struct rollup_row sum = { .sessions = STORE_SUM_MAX };
    struct rollup_row row = { .sessions = STORE_SUM_MAX };

    (void)state;
    assert_int_equal(rollup_join(&sum, &row, NULL), 0);
    assert_int_equal(sum.sessions, STORE_SUM_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_one_label_are_added_up),
        cmocka_unit_test(sums_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
