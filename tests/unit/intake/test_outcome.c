/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "intake/outcome.h"

static void every_report_counts_whatever_became_of_it(void **state)
{
    struct intake_outcome outcome = { .n_refused = 3 };

    (void)state;
    assert_int_equal(intake_outcome_count(&outcome), 0);
    for (unsigned i = 0; i < STORE_OUTCOME_COUNT; i++) {
        outcome.n_reports[i] = 2;
        assert_int_equal(intake_outcome_count(&outcome), 2 * (i + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_report_counts_whatever_became_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
