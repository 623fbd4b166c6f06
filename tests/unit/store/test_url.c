/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/url.h"

static char folder[] = "/tmp/tlsrpt-url-XXXXXX";

/* One of three, below the test's folder. */
static const char *url_of(const char *name)
{
    static char urls[3][96];
    static unsigned n;
    char *url = urls[n++ % 3];

    snprintf(url, sizeof(urls[0]), "sqlite:%s/%s", folder, name);
    return url;
}

static void a_path_is_that_of_a_file(void **state)
{
    (void)state;
    assert_string_equal(url_path("sqlite:b.db"), "b.db");
    assert_string_equal(url_path("sqlite:/x:y/b.db"), "/x:y/b.db");
    assert_null(url_path("clickhouse://h/db"));
    assert_null(url_path("sqlite:"));
    assert_null(url_path("sqlite::memory:"));
    assert_null(url_path(NULL));
}

static void one_that_is_not_there_is_known(void **state)
{
    (void)state;
    assert_false(url_is_there(url_of("a")));
    assert_int_equal(mkdir(url_path(url_of("a")), 0700), 0);
    assert_true(url_is_there(url_of("a")));
    assert_int_equal(rmdir(url_path(url_of("a"))), 0);
    assert_false(url_is_there("sqlite:/dev/null/a"));
}

/* A name that is too long stands for all that cannot be looked for. */
static void what_cannot_be_looked_for_may_be_there(void **state)
{
    static char name[8192] = "sqlite:";

    (void)state;
    for (size_t i = 7; i < sizeof(name) - 1; i++)
        name[i] = 'x';
    assert_true(url_is_there(name));
    assert_true(url_is_there("clickhouse://h/db"));
}

static void one_file_is_one_by_all_its_names(void **state)
{
    (void)state;
    assert_false(url_is_same(url_of("0"), url_of("1")));
    assert_true(url_is_same(url_of("0"), url_of("0")));
    assert_int_equal(mkdir(url_path(url_of("0")), 0700), 0);
    assert_false(url_is_same(url_of("0"), url_of("1")));
    assert_int_equal(symlink("0", url_path(url_of("1"))), 0);
    assert_true(url_is_same(url_of("0"), url_of("1")));
    assert_true(url_is_same_path(url_path(url_of("0")), url_path(url_of("1"))));
    assert_int_equal(mkdir(url_path(url_of("2")), 0700), 0);
    assert_false(url_is_same(url_of("0"), url_of("2")));
    assert_int_equal(unlink(url_path(url_of("1"))), 0);
    assert_int_equal(rmdir(url_path(url_of("0"))), 0);
    assert_int_equal(rmdir(url_path(url_of("2"))), 0);
}

static void of_other_kinds_the_text_decides(void **state)
{
    (void)state;
    assert_true(url_is_same("clickhouse://h/a", "clickhouse://h/a"));
    assert_false(url_is_same("clickhouse://h/a", "clickhouse://h/b"));
    assert_false(url_is_same("sqlite:a", "clickhouse://h/a"));
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_that_of_a_file),
        cmocka_unit_test(one_that_is_not_there_is_known),
        cmocka_unit_test(what_cannot_be_looked_for_may_be_there),
        cmocka_unit_test(one_file_is_one_by_all_its_names),
        cmocka_unit_test(of_other_kinds_the_text_decides),
    };

    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
