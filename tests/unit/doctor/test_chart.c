/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <string.h>

#include "charts.h"

static void every_check_has_its_names(void **state)
{
    (void)state;
    for (int i = 0; i < CHART_ID_COUNT; i++) {
        const struct chart_check *check = chart_check((enum chart_id)i);

        assert_non_null(check->id);
        assert_true(*check->looks_at && *check->reason);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(check->id,
                                    chart_check((enum chart_id)j)->id);
    }
}

static void rows_stay_in_order_and_are_counted(void **state)
{
    struct chart *chart = charts_new();

    (void)state;
    for (int i = 0; i < 100; i++)
        chart_add(chart, CHART_DNS, i % 3 ? CHART_GOOD : CHART_ERROR, "s", "n",
                  "row %d", i);
    assert_int_equal(chart->n_rows, 100);
    assert_string_equal(chart->rows[99].evidence, "row 99");
    assert_string_equal(chart->rows[0].check->id, "dns");
    assert_int_equal(chart_count(chart, CHART_ERROR), 34);
    assert_int_equal(chart_count(chart, CHART_GOOD), 66);
    assert_int_equal(chart_count(chart, CHART_WARNING), 0);
}

static void a_row_that_is_lost_is_told(void **state)
{
    struct arena arena;
    struct chart chart;

    (void)state;
    arena_init(&arena, 1);
    chart_init(&chart, &arena);
    chart_add(&chart, CHART_DNS, CHART_GOOD, "", "", "x");
    assert_true(chart.failed);
    assert_string_equal(chart_text(&chart, "y"), "");
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_has_its_names),
        cmocka_unit_test(rows_stay_in_order_and_are_counted),
        cmocka_unit_test(a_row_that_is_lost_is_told),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
