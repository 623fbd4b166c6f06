/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/exit.h"

static void every_kind_of_failure_has_a_status(void **state)
{
    static const int expected[ERR_KIND_COUNT] = {
        [ERR_NONE] = EXIT_INTERNAL,  [ERR_MEMORY] = EXIT_INTERNAL,
        [ERR_LIMIT] = EXIT_UNKNOWN,  [ERR_INPUT] = EXIT_UNKNOWN,
        [ERR_SYSTEM] = EXIT_UNKNOWN, [ERR_STORE] = EXIT_UNKNOWN,
        [ERR_USAGE] = EXIT_USAGE,
    };

    (void)state;
    for (int kind = 0; kind < ERR_KIND_COUNT; kind++) {
        const struct err err = { .kind = (enum err_kind)kind };

        if (exit_of(&err) != expected[kind])
            fail_msg("kind %d: expected %d, got %d", kind, expected[kind],
                     exit_of(&err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_failure_has_a_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
