/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/dkim_reason.h"
#include "row.h"

static void every_reason_has_a_row_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < DKIM_REASON_COUNT; i++) {
        const struct dkim_reason *reason =
            dkim_reason((enum dkim_reason_number)i);

        assert_non_null(reason->code);
        assert_true(strncmp(reason->rfc, "RFC ", 4) == 0);
        assert_true(reason->message[strlen(reason->message) - 1] != '.');
        assert_ptr_equal(dkim_reason_find(slice_of(reason->code)), reason);
    }
    assert_null(dkim_reason_find(SLICE("")));
    assert_null(dkim_reason_find(SLICE("no-such")));
}

static void verdicts_have_names(void **state)
{
    (void)state;
    assert_string_equal(dkim_reason_verdict_name(DKIM_NONE), "none");
    assert_string_equal(dkim_reason_verdict_name(DKIM_PASS), "pass");
    assert_string_equal(dkim_reason_verdict_name(DKIM_FAIL), "fail");
    assert_string_equal(dkim_reason_verdict_name(DKIM_UNVERIFIABLE),
                        "unverifiable");
    assert_string_equal(dkim_reason_verdict_name(DKIM_TEMPORARY), "temporary");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_has_a_row_of_its_own),
        cmocka_unit_test(verdicts_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
