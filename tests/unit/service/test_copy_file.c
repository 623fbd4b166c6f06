/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "row.h"
#include "service/copy_file.h"

#define NAME "mta.example!example.com!1!2!x.json.gz"

static void read_file(const char *folder, const char *name, char *out,
                      size_t bytes)
{
    char path[400];
    size_t n = 0;
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f) {
        n = fread(out, 1, bytes - 1, f);
        fclose(f);
        unlink(path);
    }
    out[n] = '\0';
}

/* Files in a folder that is then removed, if it is empty. */
static unsigned count_left(const char *folder)
{
    DIR *d = opendir(folder);
    unsigned n = 0;

    while (readdir(d))
        n++;
    closedir(d);
    rmdir(folder);
    return n - 2;
}

static void a_copy_is_whole_and_alone(void **state)
{
    char folder[] = "/tmp/copy-XXXXXX", text[32];

    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(copy_file_write(folder, SLICE(NAME), SLICE("one"), NULL),
                     0);
    assert_int_equal(copy_file_write(folder, SLICE(NAME), SLICE("two"), NULL),
                     0);
    read_file(folder, NAME, text, sizeof(text));
    assert_string_equal(text, "two");
    assert_int_equal(count_left(folder), 0);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const names[] = { "",    ".",  "..",  ".hidden",
                                         "a/b", "/a", "../a" };
    char folder[] = "/tmp/copy-XXXXXX";
    struct err err;

    (void)state;
    assert_non_null(mkdtemp(folder));
    for (size_t i = 0; i < ROWS(names); i++)
        ROW_NUMBER(
            names[i],
            copy_file_write(folder, slice_of(names[i]), SLICE("x"), &err), -1);
    assert_int_equal(
        copy_file_write(folder, slice_make("a\0b", 3), SLICE("x"), &err), -1);
    assert_int_equal(count_left(folder), 0);
}

/* Two domains of 250 octets that differ in the middle, and what tells them apart. */
static void names_too_long_for_a_file_lose_their_middle(void **state)
{
    char folder[] = "/tmp/copy-XXXXXX", one[600], other[600], path[400];
    char domain[251], fitting[256], text[32];

    (void)state;
    assert_non_null(mkdtemp(folder));
    memset(domain, 'd', sizeof(domain));
    domain[250] = '\0';
    snprintf(one, sizeof(one), "mta.example.org!%s!1!2!aaaaaa.json.gz", domain);
    snprintf(other, sizeof(other), "mta.example.org!%s!1!2!bbbbbb.json.gz",
             domain);
    assert_int_equal(copy_file_write(folder, slice_of(one), SLICE("a"), NULL),
                     0);
    assert_int_equal(copy_file_write(folder, slice_of(other), SLICE("b"), NULL),
                     0);
    snprintf(fitting, sizeof(fitting), "%.127s~%s", one,
             other + strlen(other) - 127);
    read_file(folder, fitting, text, sizeof(text));
    assert_string_equal(text, "b");
    snprintf(path, sizeof(path), "%.127s~%s", one, one + strlen(one) - 127);
    read_file(folder, path, text, sizeof(text));
    assert_string_equal(text, "a");
    assert_int_equal(count_left(folder), 0);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    struct err err;

    (void)state;
    assert_int_equal(
        copy_file_write("/nowhere/at/all", SLICE("a"), SLICE("x"), &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_whole_and_alone),
        cmocka_unit_test(names_that_lead_elsewhere_are_refused),
        cmocka_unit_test(names_too_long_for_a_file_lose_their_middle),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
