/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/timer.h"

static void stop(void *context)
{
    loop_stop(context);
}

static void never(void *context)
{
    (void)context;
    fail_msg("a cancelled timer was called");
}

static void a_timer_is_called_once_and_not_early(void **state)
{
    struct timer *timer, *other;
    struct loop *loop;
    struct err err;
    int64_t began = clock_monotonic_ms();

    (void)state;
    assert_int_equal(loop_new(&loop, &err), 0);
    assert_int_equal(timer_start(loop, 30, stop, loop, &timer, &err), 0);
    assert_int_equal(timer_start(loop, 1, never, NULL, &other, &err), 0);
    timer_cancel(other);
    assert_int_equal(loop_run(loop, &err), 0);
    assert_true(clock_monotonic_ms() - began >= 29);
    timer_cancel(timer);
    timer_cancel(NULL);
    loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_is_called_once_and_not_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
