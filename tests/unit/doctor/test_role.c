/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <string.h>

#include "charts.h"
#include "doctor/role.h"
#include "row.h"

static void what_is_missing_is_told_without_blame(void **state)
{
    static const struct {
        const char *name, *want;
        struct role_view view;
    } rows[] = {
        { "nothing at all",
          "role:note role:note role:note role:note role:note ",
          { "/etc/c", "/s", "/t", false, false, false } },
        { "a configuration alone",
          "role:note role:note role:note role:note ",
          { NULL, "/s", "/t", false, false, false } },
        { "receiving",
          "role:good role:note role:note role:note ",
          { "/etc/c", "/s", "/t", true, false, false } },
        { "all",
          "role:good role:good role:good ",
          { NULL, "/s", "/t", true, true, true } },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct chart *chart = charts_new();

        role_judge(chart, &rows[i].view);
        charts_compare(chart, rows[i].want, rows[i].name);
    }
}

static void an_empty_machine_is_told_where_to_begin(void **state)
{
    const struct role_view view = { "/etc/c", "/s", NULL, false, false, false };
    struct chart *chart = charts_new();

    (void)state;
    role_judge(chart, &view);
    assert_string_equal(chart->rows[0].evidence,
                        "no: there is no store at /s, and no source is"
                        " configured");
    assert_string_equal(chart->rows[3].evidence, "there is none at /etc/c");
    assert_string_equal(chart->rows[4].subject, "first");
    assert_non_null(strstr(chart->rows[4].next, "tlsrpt import"));
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
        cmocka_unit_test(what_is_missing_is_told_without_blame),
        cmocka_unit_test(an_empty_machine_is_told_where_to_begin),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
