/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dmarc/dmarc.h"
#include "dmarc/finding.h"
#include "row.h"

static void rows_are_whole(void **state)
{
    size_t n;
    const struct finding_kind *rows = dmarc_finding_kinds(&n);

    (void)state;
    assert_int_equal(n, DMARC_FINDING_COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(rows[i].code);
        if (!slice_starts(slice_of(rows[i].code), SLICE("dmarc-")))
            fail_msg("%s", rows[i].code);
        assert_true(rows[i].severity < FINDING_CRITICAL);
        assert_true(*rows[i].rfc && *rows[i].message && rows[i].fix);
        assert_true(rows[i].message[strlen(rows[i].message) - 1] != '.');
        assert_ptr_equal(dmarc_finding_kind((enum dmarc_finding)i), &rows[i]);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(rows[i].code, rows[j].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
