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

#include "base/buffer.h"
#include "intake/walk.h"

static char folder[64];

static void run(const char *command)
{
    char line[512];

    snprintf(line, sizeof(line), "cd %s && %s", folder, command);
    assert_int_equal(system(line), 0);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/tlsrpt-walk-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char line[128];

    (void)state;
    snprintf(line, sizeof(line), "rm -rf %s", folder);
    return system(line);
}

/* The paths of a walk below the folder, joined with blanks. */
static const char *walked(const char *argument)
{
    static char text[4096];
    struct intake_walk walk;
    char path[512];
    struct err err;
    size_t used = 0;

    snprintf(path, sizeof(path), "%s%s", folder, argument);
    intake_walk_init(&walk);
    assert_int_equal(intake_walk_add(&walk, path, &err), 0);
    text[0] = '\0';
    for (size_t i = 0; i < walk.n_entries; i++) {
        const char *at = walk.entries[i].path;

        assert_int_equal(strncmp(at, folder, strlen(folder)), 0);
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s%s",
                                 i ? " " : "", at + strlen(folder) + 1,
                                 walk.entries[i].refused ? "!" : "");
    }
    intake_walk_deinit(&walk);
    return text;
}

static void files_come_in_byte_order_of_full_paths(void **state)
{
    (void)state;
    run("mkdir -p a a.b b && touch a/z a.b/y b/x Z A.json a/.hidden");
    assert_string_equal(walked(""), "A.json Z a.b/y a/.hidden a/z b/x");
    assert_string_equal(walked("/"), "A.json Z a.b/y a/.hidden a/z b/x");
    assert_string_equal(walked("/Z"), "Z");
    run("rm -r a a.b b Z A.json");
}

static void maildir_gives_new_and_cur_alone(void **state)
{
    (void)state;
    run("mkdir -p m/new m/cur m/tmp m/.Sub/new m/.Sub/cur m/.Sub/tmp && "
        "touch m/new/1 m/cur/2:2,S m/tmp/3 m/dovecot-uidlist m/.Sub/cur/4 "
        "m/.Sub/maildirfolder m/.Sub/tmp/5");
    assert_string_equal(walked("/m"), "m/.Sub/cur/4 m/cur/2:2,S m/new/1");
    assert_string_equal(walked(""), "m/.Sub/cur/4 m/cur/2:2,S m/new/1");
    /* tmp/ is left out of a Maildir only. */
    run("rm -r m/new m/.Sub/new");
    assert_string_equal(walked("/m"), "m/.Sub/cur/4 m/.Sub/maildirfolder "
                                      "m/.Sub/tmp/5 m/cur/2:2,S "
                                      "m/dovecot-uidlist m/tmp/3");
    run("rm -r m");
}

static void links_are_followed_and_loops_end(void **state)
{
    (void)state;
    run("mkdir -p a/b && touch a/f && ln -s .. a/b/up && ln -s a 0link && "
        "ln -s f a/g && ln -s nowhere a/dangling && ln -s self a/self");
    assert_string_equal(walked(""), "a/f a/g");
    run("rm -r a 0link");
}

static void other_than_regular_files_are_left_out(void **state)
{
    (void)state;
    run("touch f && mkfifo p");
    assert_string_equal(walked(""), "f");
    assert_string_equal(walked("/p"), "p");
    run("rm f p");
}

static void what_is_not_there_is_an_entry_with_its_reason(void **state)
{
    struct intake_walk walk;
    struct err err;
    char path[128];

    (void)state;
    assert_string_equal(walked("/none"), "none!");
    snprintf(path, sizeof(path), "%s/none/x", folder);
    intake_walk_init(&walk);
    assert_int_equal(intake_walk_add(&walk, path, &err), 0);
    assert_string_equal(walk.entries[0].refused,
                        "cannot be opened: No such file or directory");
    intake_walk_deinit(&walk);
}

static void sizes_add_up_over_arguments(void **state)
{
    struct intake_walk walk;
    struct err err;
    char path[128];

    (void)state;
    run("printf 12345 > f && printf 123 > g");
    intake_walk_init(&walk);
    snprintf(path, sizeof(path), "%s/g", folder);
    assert_int_equal(intake_walk_add(&walk, path, &err), 0);
    assert_int_equal(intake_walk_add(&walk, "-", &err), 0);
    assert_int_equal(intake_walk_add(&walk, folder, &err), 0);
    assert_int_equal(walk.n_entries, 4);
    assert_int_equal(walk.bytes, 11);
    assert_string_equal(walk.entries[1].path, "-");
    intake_walk_deinit(&walk);
    run("rm f g");
}

static void nesting_has_an_end(void **state)
{
    const char *met;

    (void)state;
    run("p=d; for i in $(seq 70); do p=$p/d; done; mkdir -p $p; touch $p/f");
    met = walked("/d");
    assert_int_equal(met[strlen(met) - 1], '!');
    assert_null(strchr(met, 'f'));
    run("rm -r d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_in_byte_order_of_full_paths),
        cmocka_unit_test(maildir_gives_new_and_cur_alone),
        cmocka_unit_test(links_are_followed_and_loops_end),
        cmocka_unit_test(other_than_regular_files_are_left_out),
        cmocka_unit_test(what_is_not_there_is_an_entry_with_its_reason),
        cmocka_unit_test(sizes_add_up_over_arguments),
        cmocka_unit_test(nesting_has_an_end),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
