/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "charts.h"
#include "doctor/unit.h"
#include "row.h"

static char etc[] = "/tmp/tlsrpt-unit-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", etc, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int set_up(void **state)
{
    static const char *const folders[] = { "multi-user.target.wants",
                                           "s.service.d" };

    (void)state;
    if (!mkdtemp(etc))
        return -1;
    for (size_t i = 0; i < ROWS(folders); i++) {
        if (mkdir(path_of(folders[i]), 0700))
            return -1;
    }
    return symlink("/lib/s", path_of("multi-user.target.wants/s.service"));
}

static int tear_down(void **state)
{
    (void)state;
    charts_end();
    return unlink(path_of("multi-user.target.wants/s.service")) ||
           rmdir(path_of("multi-user.target.wants")) ||
           rmdir(path_of("s.service.d")) || rmdir(etc);
}

static void its_own_folder_alone_is_given(void **state)
{
    static const struct {
        const char *folder;
        enum unit_reach want;
    } rows[] = {
        { "/var/lib/tlsrpt", UNIT_MAY },
        { "/var/lib/tlsrpt/a", UNIT_MAY },
        { "/var/lib/tlsrpt-other", UNIT_MAY_NOT },
        { "/srv/tlsrpt", UNIT_MAY_NOT },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(rows[i].folder, unit_look(etc, "s", rows[i].folder),
                   rows[i].want);
    assert_int_equal(unit_look(etc, "other", "/srv/tlsrpt"), UNIT_ABSENT);
}

static void a_drop_in_gives_more(void **state)
{
    static const struct {
        const char *text;
        enum unit_reach want;
    } rows[] = {
        { "[Service]\nReadWritePaths=/srv/tlsrpt\n", UNIT_MAY },
        { "[Service]\nReadWritePaths=/srv\n", UNIT_MAY },
        { "[Service]\n  ReadWritePaths=/a -/srv/tlsrpt/\n", UNIT_MAY },
        { "[Service]\nReadWritePaths=/srv/tls\n", UNIT_MAY_NOT },
        { "[Service]\n#ReadWritePaths=/srv\n", UNIT_MAY_NOT },
        { "[Service]\nReadWritePaths=\n", UNIT_MAY_NOT },
        { "[Service]\nReadOnlyPaths=/srv\n", UNIT_MAY_NOT },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        put("s.service.d/x.conf", rows[i].text);
        ROW_NUMBER(rows[i].text, unit_look(etc, "s", "/srv/tlsrpt"),
                   rows[i].want);
    }
    assert_int_equal(unlink(path_of("s.service.d/x.conf")), 0);
}

static void a_unit_of_ones_own_is_believed(void **state)
{
    (void)state;
    put("s.service", "[Service]\n");
    assert_int_equal(unit_look(etc, "s", "/srv/tlsrpt"), UNIT_MAY);
    assert_int_equal(unlink(path_of("s.service")), 0);
}

static void what_to_write_is_told(void **state)
{
    struct chart *chart = charts_new();

    (void)state;
    unit_judge(chart, "s", "/srv", "/srv/a.db", UNIT_MAY);
    unit_judge(chart, "s", "/srv", "/srv/a.db", UNIT_ABSENT);
    charts_compare(chart, "", "nothing to tell");
    unit_judge(chart, "s", "/srv", "/srv/a.db", UNIT_MAY_NOT);
    charts_compare(chart, "unit:warning ", "not seen");
    assert_string_equal(chart->rows[0].next,
                        "systemctl edit s, and write: [Service]"
                        " ReadWritePaths=/srv");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_own_folder_alone_is_given),
        cmocka_unit_test(a_drop_in_gives_more),
        cmocka_unit_test(a_unit_of_ones_own_is_believed),
        cmocka_unit_test(what_to_write_is_told),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
