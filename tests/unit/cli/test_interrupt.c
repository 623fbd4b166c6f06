/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/interrupt.h"

static void first_signal_sets_the_flag(void **state)
{
    (void)state;
    interrupt_init();
    assert_false(interrupt_is_set());
    raise(SIGINT);
    assert_true(interrupt_is_set());
    interrupt_init();
    assert_false(interrupt_is_set());
    raise(SIGTERM);
    assert_true(interrupt_is_set());
}

static void second_signal_ends_the_program(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        interrupt_init();
        raise(SIGINT);
        raise(SIGINT);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_signal_sets_the_flag),
        cmocka_unit_test(second_signal_ends_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
