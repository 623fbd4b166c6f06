/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/activation.h"

/* Puts a socket where the service manager does, and takes it. What stood there
 * stands there afterwards. */
static int take(int domain, int type, const char *pid, const char *count,
                int *out_flags, struct err *err)
{
    int saved = dup(3);
    int fd = socket(domain, type, 0);
    int got;

    assert_true(fd >= 0);
    if (fd != 3)
        assert_int_equal(dup2(fd, 3), 3);
    got = activation_take_datagram(pid, count, err);
    *out_flags = fcntl(3, F_GETFD);
    if (fd != 3)
        close(fd);
    if (saved >= 0) {
        dup2(saved, 3);
        close(saved);
    } else {
        close(3);
    }
    return got;
}

static const char *our_pid(void)
{
    static char text[32];

    snprintf(text, sizeof(text), "%d", (int)getpid());
    return text;
}

static void a_datagram_socket_is_taken(void **state)
{
    struct err err;
    int flags;

    (void)state;
    assert_int_equal(take(AF_UNIX, SOCK_DGRAM, our_pid(), "1", &flags, &err),
                     3);
    assert_int_equal(flags, FD_CLOEXEC);
}

static void what_is_meant_for_others_is_left(void **state)
{
    static const struct {
        const char *pid;
        const char *count;
    } rows[] = { { NULL, "1" }, { "1", "1" }, { "", "1" }, { NULL, NULL } };
    struct err err;
    int flags;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_int_equal(
            take(AF_UNIX, SOCK_DGRAM, rows[i].pid, rows[i].count, &flags, &err),
            -1);
    assert_int_equal(take(AF_UNIX, SOCK_DGRAM, our_pid(), "0", &flags, &err),
                     -1);
    assert_int_equal(take(AF_UNIX, SOCK_DGRAM, our_pid(), NULL, &flags, &err),
                     -1);
}

static void another_socket_is_refused(void **state)
{
    struct err err;
    int flags;

    (void)state;
    assert_int_equal(take(AF_UNIX, SOCK_STREAM, our_pid(), "1", &flags, &err),
                     -2);
    assert_non_null(strstr(err.text, "ListenDatagram"));
    assert_int_equal(take(AF_INET, SOCK_DGRAM, our_pid(), "1", &flags, &err),
                     -2);
    assert_int_equal(take(AF_UNIX, SOCK_DGRAM, our_pid(), "2", &flags, &err),
                     -2);
    assert_non_null(strstr(err.text, "2 sockets"));
    assert_non_null(strstr(err.text, "empty ListenDatagram="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_datagram_socket_is_taken),
        cmocka_unit_test(what_is_meant_for_others_is_left),
        cmocka_unit_test(another_socket_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
