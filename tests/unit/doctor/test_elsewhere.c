/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "charts.h"
#include "doctor/elsewhere.h"
#include "row.h"

/* As the kernel writes it. */
#define HEAD "0000000000000000: 00000002 00000000 "

static void the_table_of_sockets_names_tallies(void **state)
{
    static const struct {
        const char *name, *line, *want;
    } rows[] = {
        { "a collector", HEAD "00010000 0001 01 4711 /v/t.db.status\n",
          "sqlite:/v/t.db" },
        { "no end of line", HEAD "00010000 0001 01 4711 /v/t.db.status",
          "sqlite:/v/t.db" },
        { "a blank in it", HEAD "00010000 0001 01  471 /v/a t.db.status\n",
          "sqlite:/v/a t.db" },
        { "who asks it", HEAD "00000000 0001 03 4711 /v/t.db.status\n", NULL },
        { "another", HEAD "00010000 0001 01 4711 /run/dbus/socket\n", NULL },
        { "suffix alone", HEAD "00010000 0001 01 4711 .status\n", NULL },
        { "relative", HEAD "00010000 0001 01 4711 t.db.status\n", NULL },
        { "abstract", HEAD "00010000 0001 01 4711 @/t.db.status\n", NULL },
        { "nameless", HEAD "00010000 0001 01 4711\n", NULL },
        { "the head", "Num       RefCount Protocol Flags    Type St Inode Path",
          NULL },
        { "cut", "0000", NULL },
        { "empty", "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_TEXT(rows[i].name, elsewhere_tally(charts_new(), rows[i].line),
                 rows[i].want);
}

static void who_sums_elsewhere_is_named(void **state)
{
    struct chart *chart = charts_new();

    (void)state;
    elsewhere_judge(chart, "sqlite:/a", "sqlite:/b", true);
    elsewhere_judge(chart, "sqlite:/a", "sqlite:/b", false);
    charts_compare(chart, "collector:warning collector:unknown ", "both");
    assert_string_equal(chart->rows[0].subject, "sqlite:/b");
    assert_non_null(strstr(chart->rows[0].next, "tally = \"sqlite:/b\""));
    assert_non_null(strstr(chart->rows[1].evidence, "sqlite:/a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_sockets_names_tallies),
        cmocka_unit_test(who_sums_elsewhere_is_named),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    charts_end();
    return failed;
}
