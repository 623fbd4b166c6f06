/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/lock_file.h"

static char folder[] = "/tmp/lock-file-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/lock", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void the_second_is_told_who_has_it(void **state)
{
    struct err err;
    pid_t holder = 0;
    int one, two, status;
    struct stat facts;

    (void)state;
    assert_int_equal(lock_file_take(path, &one, &holder, &err), 0);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(lock_file_take(path, &two, &holder, &err), 1);
    assert_int_equal(holder, getpid());
    close(one);
    status = lock_file_take(path, &two, &holder, &err);
    assert_int_equal(status, 0);
    close(two);
}

/* Another one that ends as by kill -9 holds nothing any more. */
static void the_lock_ends_with_its_process(void **state)
{
    int held[2], ended, fd;
    pid_t child, holder = 0;
    struct err err;
    char octet;

    (void)state;
    assert_int_equal(pipe(held), 0);
    child = fork();
    if (child == 0) {
        close(held[0]);
        if (lock_file_take(path, &fd, &holder, &err) ||
            write(held[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(held[1]);
    assert_int_equal(read(held[0], &octet, 1), 1);
    assert_int_equal(lock_file_take(path, &fd, &holder, &err), 1);
    assert_int_equal(holder, child);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_int_equal(lock_file_take(path, &fd, &holder, &err), 0);
    close(fd);
    close(held[0]);
}

static void what_cannot_be_locked_is_an_error(void **state)
{
    char nowhere[100], link[100];
    pid_t holder = 0;
    struct err err;
    int fd;

    (void)state;
    snprintf(nowhere, sizeof(nowhere), "%s/nothing/lock", folder);
    assert_int_equal(lock_file_take(nowhere, &fd, &holder, &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
    snprintf(link, sizeof(link), "%s/link", folder);
    assert_int_equal(symlink("lock", link), 0);
    assert_int_equal(lock_file_take(link, &fd, &holder, &err), -1);
    unlink(link);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_second_is_told_who_has_it),
        cmocka_unit_test(the_lock_ends_with_its_process),
        cmocka_unit_test(what_cannot_be_locked_is_an_error),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
