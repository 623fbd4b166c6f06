/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "room.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "service/folder_lock.h"

static struct room room;
static struct err err;
static struct folder_lock lock;
static char path[ROOM_PATH_BYTES];
static int fd;

static int set_up(void **state)
{
    (void)state;
    room_open(&room);
    room_write(&room, "mbox", "x");
    snprintf(path, sizeof(path), "%s", room_path(&room, "mbox"));
    fd = open(path, O_RDONLY);
    return fd < 0;
}

static int tear_down(void **state)
{
    (void)state;
    close(fd);
    room_close(&room);
    return 0;
}

static int take(void)
{
    return folder_lock_take(&lock, fd, path, clock_now(&clock_system), &err);
}

static void both_locks_are_taken_and_given_back(void **state)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int other = open(path, O_RDWR);

    (void)state;
    assert_int_equal(take(), 0);
    assert_true(room_has(&room, "mbox.lock"));
    assert_int_equal(fcntl(other, F_OFD_SETLK, &whole), -1);
    folder_lock_release(&lock);
    assert_false(room_has(&room, "mbox.lock"));
    assert_int_equal(fcntl(other, F_OFD_SETLK, &whole), 0);
    close(other);
}

static void the_lock_of_another_is_respected(void **state)
{
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int other = open(path, O_RDWR);

    (void)state;
    assert_int_equal(fcntl(other, F_OFD_SETLK, &whole), 0);
    assert_int_equal(take(), 1);
    assert_false(room_has(&room, "mbox.lock"));
    close(other);
    room_write(&room, "mbox.lock", "1\n");
    assert_int_equal(take(), 1);
    assert_true(room_has(&room, "mbox.lock"));
}

static void an_old_lock_is_passed_over_not_removed(void **state)
{
    const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

    (void)state;
    room_write(&room, "mbox.lock", "1\n");
    assert_int_equal(utimensat(AT_FDCWD, room_path(&room, "mbox.lock"), old, 0),
                     0);
    assert_int_equal(take(), 0);
    folder_lock_release(&lock);
    assert_true(room_has(&room, "mbox.lock"));
}

/* Whatever number it had: another process may have it by now. */
static void what_a_killed_one_of_us_left_is_removed(void **state)
{
    char text[64];

    (void)state;
    snprintf(text, sizeof(text), "%ld tlsrpt\n", (long)getppid());
    room_write(&room, "mbox.lock", text);
    assert_int_equal(take(), 0);
    folder_lock_release(&lock);
    assert_false(room_has(&room, "mbox.lock"));
    /* Not ours: theirs. */
    snprintf(text, sizeof(text), "%ld\n", (long)getppid());
    room_write(&room, "mbox.lock", text);
    assert_int_equal(take(), 1);
    room_write(&room, "mbox.lock", "");
    assert_int_equal(take(), 1);
}

/* Another process, or a thread of this one. */
static void what_one_of_us_holds_is_respected(void **state)
{
    struct folder_lock other;

    (void)state;
    assert_int_equal(take(), 0);
    assert_int_equal(
        folder_lock_take(&other, fd, path, clock_now(&clock_system), &err), 1);
    assert_true(room_has(&room, "mbox.lock"));
    folder_lock_release(&lock);
    assert_int_equal(
        folder_lock_take(&other, fd, path, clock_now(&clock_system), &err), 0);
    folder_lock_release(&other);
}

/* Takes and gives back until it is killed. */
static pid_t start_taking(void)
{
    pid_t child = fork();

    while (child == 0) {
        if (take() == 0)
            folder_lock_release(&lock);
    }
    return child;
}

/* Killed at any moment, it leaves nothing that holds up the next one. */
static void a_killed_one_of_us_holds_up_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++) {
        pid_t child = start_taking();

        usleep((useconds_t)(500 + 97 * i));
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        assert_int_equal(take(), 0);
        folder_lock_release(&lock);
        assert_false(room_has(&room, "mbox.lock"));
    }
}

#define test(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(both_locks_are_taken_and_given_back),
        test(the_lock_of_another_is_respected),
        test(an_old_lock_is_passed_over_not_removed),
        test(what_a_killed_one_of_us_left_is_removed),
        test(what_one_of_us_holds_is_respected),
        test(a_killed_one_of_us_holds_up_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
