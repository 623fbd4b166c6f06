/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/landlock.h"

/* Which of the things that it forbids are possible all the same; bits. */
enum { FILE_OPENED = 1, FILE_MADE = 2, PORT_BOUND = 4, FAILED = 64 };

static int bind_port(void)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) }
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 &&
           bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
}

/* Tries in a child. out_version: of Landlock. Returns: bits. */
static int tried(int *out_version)
{
    int version[2], status, got = 0;
    pid_t child;

    assert_int_equal(pipe(version), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
            landlock_forbid_all(&got, NULL) ||
            write(version[1], &got, sizeof(got)) != sizeof(got))
            _exit(FAILED);
        _exit((open("/etc/passwd", O_RDONLY) >= 0 ? FILE_OPENED : 0) |
              (open("/tmp", O_TMPFILE | O_WRONLY, 0600) >= 0 ? FILE_MADE : 0) |
              (bind_port() ? PORT_BOUND : 0));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(read(version[0], out_version, sizeof(int)), sizeof(int));
    close(version[0]);
    close(version[1]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void nothing_is_left_that_the_kernel_can_forbid(void **state)
{
    int version, got = tried(&version);

    (void)state;
    if (version == 0)
        skip();
    assert_int_equal(got, version < 4 ? PORT_BOUND : 0);
}

static void it_says_when_it_cannot(void **state)
{
    struct err err = { .kind = ERR_NONE };
    int version, status;
    pid_t child = fork();

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        /* An ordinary user, with privileges still to gain. */
        if (setresuid(65534, 65534, 65534))
            _exit(77);
        _exit(landlock_forbid_all(&version, &err) ? err.kind == ERR_SYSTEM
                                                  : 2 + (version != 0));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 2)
        skip();
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_that_the_kernel_can_forbid),
        cmocka_unit_test(it_says_when_it_cannot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
