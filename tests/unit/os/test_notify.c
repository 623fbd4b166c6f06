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
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/notify.h"

static int bound_socket(struct sockaddr_un *address, socklen_t bytes)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)address, bytes), 0);
    return fd;
}

static void assert_received(int fd, const char *expected)
{
    char got[64];
    ssize_t n = recv(fd, got, sizeof got - 1, MSG_DONTWAIT);
    assert_true(n >= 0);
    got[n] = '\0';
    assert_string_equal(got, expected);
}

static void a_path_is_told(void **state)
{
    (void)state;
    char folder[] = "/tmp/notify-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    int fd = bound_socket(&address, sizeof address);
    struct err err;
    assert_int_equal(notify_send(address.sun_path, "READY=1", &err), 0);
    assert_received(fd, "READY=1");
    close(fd);
    unlink(address.sun_path);
    rmdir(folder);
}

static void an_abstract_name_is_told(void **state)
{
    (void)state;
    char name[64];
    int len = snprintf(name, sizeof name, "@tlsrpt-test-%ld", (long)getpid());
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path, name, (size_t)len);
    address.sun_path[0] = '\0';
    int fd = bound_socket(
        &address,
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)len));
    struct err err;
    assert_int_equal(notify_send(name, "STOPPING=1", &err), 0);
    assert_received(fd, "STOPPING=1");
    close(fd);
}

static void nobody_listens(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(notify_send(NULL, "READY=1", &err), 1);
    assert_int_equal(notify_send("", "READY=1", &err), 1);
}

static void other_names_are_refused(void **state)
{
    (void)state;
    char too_long[200];
    memset(too_long, 'x', sizeof too_long - 1);
    too_long[0] = '/';
    too_long[sizeof too_long - 1] = '\0';
    const char *names[] = { "relative/path", "/", "@", "vsock:2:1", too_long };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct err err = { 0 };
        assert_int_equal(notify_send(names[i], "READY=1", &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
    }
}

static void a_dead_socket_is_an_error(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_int_equal(notify_send("/nonexistent/socket", "READY=1", &err), -1);
    assert_int_equal(err.kind, ERR_SYSTEM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_is_told),
        cmocka_unit_test(an_abstract_name_is_told),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(a_dead_socket_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
