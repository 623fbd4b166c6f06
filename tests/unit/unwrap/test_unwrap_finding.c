/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unwrap/unwrap.h"
#include "unwrap/unwrap_finding.h"

static void every_row_is_whole_and_its_code_is_its_own(void **state)
{
    const struct finding_kind *kinds;
    size_t n;

    (void)state;
    kinds = unwrap_finding_kinds(&n);
    assert_int_equal(n, UNWRAP_FINDING_COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_ptr_equal(&kinds[i],
                         unwrap_finding_kind((enum unwrap_finding)i));
        assert_non_null(kinds[i].code);
        assert_true(strlen(kinds[i].message) > 10);
        assert_true(kinds[i].message[strlen(kinds[i].message) - 1] != '.');
        assert_non_null(kinds[i].rfc);
        assert_non_null(kinds[i].fix);
        assert_ptr_equal(finding_kind_find(kinds, n, slice_of(kinds[i].code)),
                         &kinds[i]);
    }
}

static void what_refuses_is_critical(void **state)
{
    (void)state;
    for (unsigned i = 0; i < UNWRAP_FINDING_COUNT; i++) {
        bool refuses = i >= UNWRAP_DMARC_REPORT;

        assert_int_equal(unwrap_finding_kind(i)->severity == FINDING_CRITICAL,
                         refuses);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole_and_its_code_is_its_own),
        cmocka_unit_test(what_refuses_is_critical),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
