/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "os/descriptors.h"

static void as_many_are_asked_for_as_may_be_had(void **state)
{
    struct rlimit limit = { .rlim_cur = 100, .rlim_max = 200 };

    (void)state;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(descriptors_raise(50), 100);
    assert_int_equal(descriptors_raise(150), 150);
    assert_int_equal(descriptors_raise(1000), 200);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(limit.rlim_cur, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_are_asked_for_as_may_be_had),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
