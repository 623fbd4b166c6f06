/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/store_url.h"

static const char *found_within(const char *machine, const char *option)
{
    static char url[STORE_URL_BYTES];
    static struct err err;

    return store_url_find_within(machine, option, url, &err) ? err.text : url;
}

/* On a machine that has no installation. */
static const char *found(const char *option)
{
    return found_within("/dev/null/none", option);
}

static void option_is_url_or_path(void **state)
{
    (void)state;
    assert_string_equal(found("sqlite:/a/b.db"), "sqlite:/a/b.db");
    assert_string_equal(found("b.db"), "sqlite:b.db");
    assert_string_equal(found("/x:y/b.db"), "sqlite:/x:y/b.db");
    assert_string_equal(found("clickhouse://h/db"), "clickhouse://h/db");
}

static void default_is_below_data_home(void **state)
{
    (void)state;
    setenv("HOME", "/home/u", 1);
    unsetenv("XDG_DATA_HOME");
    assert_string_equal(found(NULL),
                        "sqlite:/home/u/.local/share/tlsrpt/tlsrpt.db");
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_string_equal(found(NULL), "sqlite:/data/tlsrpt/tlsrpt.db");
    /* The XDG rules say that a relative path is to be ignored. */
    setenv("XDG_DATA_HOME", "data", 1);
    assert_string_equal(found(NULL),
                        "sqlite:/home/u/.local/share/tlsrpt/tlsrpt.db");
}

/* The services, and who acts for them, have one store without naming it. */
static void who_may_write_there_has_the_store_of_the_machine(void **state)
{
    char folder[] = "/tmp/tlsrpt-test-XXXXXX", want[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(want, sizeof(want), "sqlite:%s/tlsrpt.db", folder);
    setenv("HOME", "/home/u", 1);
    unsetenv("XDG_DATA_HOME");
    assert_string_equal(found_within(folder, NULL), want);
    assert_string_equal(found_within(folder, "b.db"), "sqlite:b.db");
    setenv("XDG_DATA_HOME", "/data", 1);
    assert_string_equal(found_within(folder, NULL),
                        "sqlite:/data/tlsrpt/tlsrpt.db");
    unsetenv("XDG_DATA_HOME");
    assert_int_equal(rmdir(folder), 0);
    assert_string_equal(found_within(folder, NULL),
                        "sqlite:/home/u/.local/share/tlsrpt/tlsrpt.db");
}

static void no_home_and_long_names_are_usage_errors(void **state)
{
    char name[STORE_URL_BYTES + 1];
    char url[STORE_URL_BYTES];
    struct err err;

    (void)state;
    unsetenv("HOME");
    unsetenv("XDG_DATA_HOME");
    assert_int_equal(store_url_find_within("/dev/null/none", NULL, url, &err),
                     -1);
    assert_int_equal(err.kind, ERR_USAGE);
    memset(name, 'x', STORE_URL_BYTES);
    name[STORE_URL_BYTES] = '\0';
    assert_int_equal(store_url_find(name, url, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
}

static void folders_are_made_for_the_owner_alone(void **state)
{
    char folder[] = "/tmp/tlsrpt-test-XXXXXX";
    char url[128], path[128];
    struct stat status;
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(url, sizeof(url), "sqlite:%s/a/b/t.db", folder);
    assert_int_equal(store_url_make_folder(url, &err), 0);
    assert_int_equal(store_url_make_folder(url, &err), 0);
    snprintf(path, sizeof(path), "%s/a/b", folder);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    rmdir(path);
    snprintf(path, sizeof(path), "%s/a", folder);
    rmdir(path);
    rmdir(folder);
    assert_int_equal(store_url_make_folder("sqlite:/dev/null/x/t.db", &err),
                     -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(option_is_url_or_path),
        cmocka_unit_test(default_is_below_data_home),
        cmocka_unit_test(who_may_write_there_has_the_store_of_the_machine),
        cmocka_unit_test(no_home_and_long_names_are_usage_errors),
        cmocka_unit_test(folders_are_made_for_the_owner_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
