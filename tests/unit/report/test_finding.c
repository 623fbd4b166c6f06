/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "reads.h"

#include <string.h>

#include "report/finding.h"

static void every_row_is_whole(void **state)
{
    (void)state;
    for (int i = 0; i < REPORT_FINDING_COUNT; i++) {
        const struct finding_kind *kind =
            report_finding_kind((enum report_finding)i);

        if (!kind->code)
            fail_msg("row %d is empty", i);
        if (!kind->message[0] ||
            kind->message[strlen(kind->message) - 1] == '.')
            fail_msg("%s: the message is empty or ends in a stop", kind->code);
        if (strncmp(kind->rfc, "RFC ", 4) != 0)
            fail_msg("%s names no RFC", kind->code);
        assert_non_null(kind->fix);
    }
}

static void codes_are_unique_and_found_by_name(void **state)
{
    size_t n;
    const struct finding_kind *kinds = report_finding_kinds(&n);

    (void)state;
    assert_int_equal(n, REPORT_FINDING_COUNT);
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(finding_kind_find(kinds, n, slice_of(kinds[i].code)),
                         &kinds[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(codes_are_unique_and_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
