/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/finding.h"
#include "row.h"

static void every_finding_has_a_row_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < RECORD_FINDING_COUNT; i++) {
        const struct finding_kind *row =
            record_finding_kind((enum record_finding)i);

        assert_non_null(row->code);
        assert_true(row->message && row->message[0]);
        assert_true(row->message[strlen(row->message) - 1] != '.');
        assert_true(row->rfc && row->fix);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(
                row->code, record_finding_kind((enum record_finding)k)->code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_has_a_row_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
