/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <string.h>

#include "charts.h"
#include "doctor/content.h"
#include "row.h"

static void damage_is_an_error_and_size_is_none(void **state)
{
    static const struct {
        const char *name, *want;
        struct pages pages;
    } rows[] = {
        { "whole", "store-content:good ", { PAGES_WHOLE, 4096, "" } },
        { "damaged",
          "store-content:error ",
          { PAGES_DAMAGED, 4096, "row 1 missing" } },
        { "large",
          "store-content:note ",
          { PAGES_TOO_LARGE, (int64_t)3 << 30, "" } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        content_judge(chart, CONTENT_REPORTS, "/s", &rows[i].pages);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void the_fault_and_a_cure_are_told(void **state)
{
    const struct pages damaged = { PAGES_DAMAGED, 4096, "row 1 missing" };
    struct chart *chart = charts_new();

    (void)state;
    content_judge(chart, CONTENT_REPORTS, "/s", &damaged);
    content_judge(chart, CONTENT_TALLY, "/t", &damaged);
    assert_string_equal(chart->rows[0].evidence,
                        "it is damaged: row 1 missing");
    assert_non_null(strstr(chart->rows[0].next, "tlsrpt db verify"));
    /* Which is for reports alone. */
    assert_null(strstr(chart->rows[1].next, "db verify"));
    assert_non_null(strstr(chart->rows[1].next, "put it aside"));
}

static void batches_that_are_lost_are_counted(void **state)
{
    struct chart *chart = charts_new();

    (void)state;
    content_judge_batches(chart, "/t", 0);
    charts_compare(chart, "", "none");
    content_judge_batches(chart, "/t", 3);
    charts_compare(chart, "store-content:warning ", "three");
    assert_string_equal(chart->rows[0].evidence,
                        "3 batches of sums are damaged, and in no report");
}

static int tear_down(void **state)
{
    (void)state;
    charts_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_is_an_error_and_size_is_none),
        cmocka_unit_test(the_fault_and_a_cure_are_told),
        cmocka_unit_test(batches_that_are_lost_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
