/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/watch.h"

static char folder[32];
static struct watch *watch;
static int number;
static struct err err;

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/watch-XXXXXX");
    return !mkdtemp(folder) || watch_open(&watch, &err) ||
           watch_add(watch, folder, &number, &err);
}

static int tear_down(void **state)
{
    char command[64];

    (void)state;
    watch_close(watch);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char paths[2][64];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static int make_file(const char *name)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    return fd;
}

static void assert_next(enum watch_kind kind, const char *name)
{
    struct watch_event event;

    assert_int_equal(watch_next(watch, &event, &err), 0);
    assert_int_equal(event.kind, kind);
    if (kind != WATCH_OVERFLOW)
        assert_int_equal(event.folder, number);
    if (name)
        assert_string_equal(event.name, name);
}

static void assert_nothing(void)
{
    struct watch_event event;

    assert_int_equal(watch_next(watch, &event, &err), 1);
}

static void a_file_is_told_of_when_it_is_closed(void **state)
{
    struct pollfd wait;
    int fd = make_file("a");

    (void)state;
    assert_nothing();
    close(fd);
    wait = (struct pollfd){ .fd = watch_descriptor(watch), .events = POLLIN };
    assert_int_equal(poll(&wait, 1, 0), 1);
    assert_next(WATCH_ARRIVED, "a");
    assert_nothing();
}

static void a_file_is_told_of_by_its_last_name(void **state)
{
    (void)state;
    close(make_file("a.tmp"));
    assert_int_equal(rename(in_folder("a.tmp"), in_folder("a")), 0);
    assert_next(WATCH_ARRIVED, "a.tmp");
    assert_next(WATCH_ARRIVED, "a");
    assert_nothing();
}

static void folders_in_it_are_not_told_of(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("sub.tmp"), 0700), 0);
    assert_int_equal(rename(in_folder("sub.tmp"), in_folder("sub")), 0);
    assert_nothing();
}

static void a_folder_that_goes_is_told_of(void **state)
{
    char elsewhere[48];

    (void)state;
    snprintf(elsewhere, sizeof(elsewhere), "%s-moved", folder);
    assert_int_equal(rename(folder, elsewhere), 0);
    assert_next(WATCH_GONE, NULL);
    assert_nothing();
    assert_int_equal(watch_add(watch, elsewhere, &number, &err), 0);
    assert_int_equal(rmdir(elsewhere), 0);
    assert_next(WATCH_GONE, NULL);
    assert_nothing();
}

static void what_overflows_is_told_of(void **state)
{
    struct watch_event event = { .kind = WATCH_ARRIVED };
    int rc;

    (void)state;
    close(make_file("a"));
    /* Limits of the kernel above this are not met in practice. */
    for (unsigned i = 0; i < 20000; i++) {
        assert_int_equal(rename(in_folder("a"), in_folder("b")), 0);
        assert_int_equal(rename(in_folder("b"), in_folder("a")), 0);
    }
    while ((rc = watch_next(watch, &event, &err)) == 0 &&
           event.kind != WATCH_OVERFLOW)
        ;
    assert_int_equal(rc, 0);
    assert_int_equal(event.folder, -1);
    assert_nothing();
}

static void what_is_no_folder_cannot_be_watched(void **state)
{
    int other;

    (void)state;
    close(make_file("a"));
    assert_int_equal(watch_add(watch, in_folder("a"), &other, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(watch_add(watch, in_folder("no"), &other, &err), -1);
    assert_non_null(strstr(err.text, "cannot be watched"));
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_file_is_told_of_when_it_is_closed),
        test(a_file_is_told_of_by_its_last_name),
        test(folders_in_it_are_not_told_of),
        test(a_folder_that_goes_is_told_of),
        test(what_overflows_is_told_of),
        test(what_is_no_folder_cannot_be_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
