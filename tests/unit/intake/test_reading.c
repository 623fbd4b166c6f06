/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "intake/reading.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "unwrap/unwrap.h"

/* Who sent it is told by a code that is explained. */
static void what_is_left_unread_has_a_finding(void **state)
{
    size_t n;
    const struct finding_kind *kinds = unwrap_finding_kinds(&n);

    (void)state;
    for (int i = 0; i < INTAKE_UNREAD_REASON_COUNT; i++) {
        const struct store_finding *finding =
            intake_unread_finding((enum intake_unread_reason)i);
        const struct finding_kind *kind =
            finding_kind_find(kinds, n, slice_of(finding->code));

        assert_non_null(kind);
        assert_int_equal(kind->severity, FINDING_CRITICAL);
        assert_string_equal(finding->where, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_unread_has_a_finding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
