/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/datagram.h"

struct fixture {
    char folder[32];
    char path[64];
    struct err err;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    if (!fixture)
        return -1;
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/dgram-XXXXXX");
    if (!mkdtemp(fixture->folder))
        return -1;
    snprintf(fixture->path, sizeof(fixture->path), "%s/s", fixture->folder);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    unlink(fixture->path);
    rmdir(fixture->folder);
    free(fixture);
    return 0;
}

static int open_at(struct fixture *fixture)
{
    const struct datagram_options options = { .path = fixture->path };

    return datagram_open(&options, &fixture->err);
}

/* A socket of another kind, or of another program. */
static int bound(const char *path, int type)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, type, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static mode_t mode_of(const char *path)
{
    struct stat status;

    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 0777;
}

static void a_datagram_arrives(void **state)
{
    struct fixture *fixture = *state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = open_at(fixture);
    int sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    char got[8];

    assert_true(fd >= 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", fixture->path);
    assert_int_equal(sendto(sender, "abc", 3, MSG_DONTWAIT,
                            (struct sockaddr *)&address, sizeof(address)),
                     3);
    assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), 3);
    close(sender);
    close(fd);
}

static void mode_and_owner_are_set(void **state)
{
    struct fixture *fixture = *state;
    char group[16], user[16];
    const struct datagram_options options = {
        .path = fixture->path, .user = user, .group = group, .mode = 0622
    };
    mode_t mask = umask(0077);
    int fd;

    fd = open_at(fixture);
    assert_int_equal(mode_of(fixture->path), 0660);
    close(fd);
    unlink(fixture->path);
    snprintf(user, sizeof(user), "%d", (int)getuid());
    snprintf(group, sizeof(group), "%d", (int)getgid());
    fd = datagram_open(&options, &fixture->err);
    assert_true(fd >= 0);
    assert_int_equal(mode_of(fixture->path), 0622);
    close(fd);
    umask(mask);
}

static void an_unknown_owner_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct datagram_options options = { .path = fixture->path,
                                        .group = "no-such-group" };

    assert_int_equal(datagram_open(&options, &fixture->err), -1);
    assert_non_null(strstr(fixture->err.text, "no group no-such-group"));
    options.user = "no-such-user";
    assert_int_equal(datagram_open(&options, &fixture->err), -1);
    assert_non_null(strstr(fixture->err.text, "no user no-such-user"));
    assert_int_not_equal(access(fixture->path, F_OK), 0);
}

static void what_was_left_behind_is_replaced(void **state)
{
    struct fixture *fixture = *state;
    int fd;

    close(bound(fixture->path, SOCK_DGRAM));
    fd = open_at(fixture);
    assert_true(fd >= 0);
    close(fd);
    unlink(fixture->path);
    close(bound(fixture->path, SOCK_STREAM));
    fd = open_at(fixture);
    assert_true(fd >= 0);
    close(fd);
}

static void what_is_in_use_is_left(void **state)
{
    struct fixture *fixture = *state;
    int other = bound(fixture->path, SOCK_DGRAM);

    assert_int_equal(open_at(fixture), -1);
    assert_non_null(strstr(fixture->err.text, "in use"));
    assert_int_equal(access(fixture->path, F_OK), 0);
    close(other);
    unlink(fixture->path);
    other = bound(fixture->path, SOCK_STREAM);
    assert_int_equal(listen(other, 1), 0);
    assert_int_equal(open_at(fixture), -1);
    assert_non_null(strstr(fixture->err.text, "in use"));
    close(other);
}

/* Another start that is between looking and receiving: it holds the folder. */
static void of_two_that_start_at_once_one_receives(void **state)
{
    struct fixture *fixture = *state;
    int folder = open(fixture->folder, O_RDONLY | O_DIRECTORY);
    int other, status;
    pid_t child;

    assert_int_equal(flock(folder, LOCK_EX), 0);
    close(bound(fixture->path, SOCK_DGRAM));
    child = fork();
    if (child == 0)
        _exit(open_at(fixture) >= 0 ? 0 : 1);
    usleep(300000);
    unlink(fixture->path);
    other = bound(fixture->path, SOCK_DGRAM);
    /* A child has the lock as well, unless it is taken back. */
    assert_int_equal(flock(folder, LOCK_UN), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 1);
    /* What it bound is still there. */
    assert_int_equal(open_at(fixture), -1);
    assert_non_null(strstr(fixture->err.text, "in use"));
    close(other);
    close(folder);
}

/* Who holds it and does not let go keeps us from starting, and is told of. */
static void a_folder_that_stays_locked_is_told_of(void **state)
{
    struct fixture *fixture = *state;
    int folder = open(fixture->folder, O_RDONLY | O_DIRECTORY);

    assert_int_equal(flock(folder, LOCK_EX), 0);
    assert_int_equal(open_at(fixture), -1);
    assert_non_null(strstr(fixture->err.text, "another program has held"));
    assert_non_null(strstr(fixture->err.text, "lslocks"));
    assert_int_equal(access(fixture->path, F_OK), -1);
    close(folder);
    assert_true(open_at(fixture) >= 0);
}

static void what_is_no_socket_is_left(void **state)
{
    struct fixture *fixture = *state;
    FILE *file = fopen(fixture->path, "w");

    assert_non_null(file);
    fclose(file);
    assert_int_equal(open_at(fixture), -1);
    assert_non_null(strstr(fixture->err.text, "no socket"));
    assert_int_equal(access(fixture->path, F_OK), 0);
}

static void a_path_has_a_longest(void **state)
{
    struct fixture *fixture = *state;
    char path[DATAGRAM_PATH_BYTES + 2];
    struct datagram_options options = { .path = path };
    size_t begin = strlen(fixture->folder) + 1;
    int fd;

    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    memcpy(path, fixture->folder, begin - 1);
    path[begin - 1] = '/';
    assert_int_equal(datagram_open(&options, &fixture->err), -1);
    assert_int_equal(fixture->err.kind, ERR_USAGE);
    path[DATAGRAM_PATH_BYTES] = '\0';
    fd = datagram_open(&options, &fixture->err);
    assert_true(fd >= 0);
    close(fd);
    unlink(path);
    path[0] = '\0';
    assert_int_equal(datagram_open(&options, &fixture->err), -1);
}

static void the_length_of_the_queue_is_known(void **state)
{
    FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "r");
    long expected = -1;
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)state;
    if (file) {
        assert_int_equal(fscanf(file, "%ld", &expected), 1);
        fclose(file);
    }
    assert_int_equal(datagram_queue_length(fd), expected);
    close(fd);
}

#define AT_A_PATH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_A_PATH(a_datagram_arrives),
        AT_A_PATH(mode_and_owner_are_set),
        AT_A_PATH(an_unknown_owner_is_refused),
        AT_A_PATH(what_was_left_behind_is_replaced),
        AT_A_PATH(what_is_in_use_is_left),
        AT_A_PATH(of_two_that_start_at_once_one_receives),
        AT_A_PATH(a_folder_that_stays_locked_is_told_of),
        AT_A_PATH(what_is_no_socket_is_left),
        AT_A_PATH(a_path_has_a_longest),
        cmocka_unit_test(the_length_of_the_queue_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
