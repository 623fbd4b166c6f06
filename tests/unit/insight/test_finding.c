/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/insight.h"
#include "report/report.h"
#include "unwrap/unwrap.h"

static void assert_all_found(const struct finding_kind *table, size_t n)
{
    assert_true(n > 0);
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(insight_finding_kind_find(table[i].code), &table[i]);
}

/* Also that no code stands in two tables. */
static void codes_of_all_rooms_are_found(void **state)
{
    const struct finding_kind *table;
    size_t n;

    (void)state;
    table = report_finding_kinds(&n);
    assert_all_found(table, n);
    table = unwrap_finding_kinds(&n);
    assert_all_found(table, n);
}

static void an_unknown_code_is_none(void **state)
{
    (void)state;
    assert_null(insight_finding_kind_find("no-such-code"));
    assert_null(insight_finding_kind_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_all_rooms_are_found),
        cmocka_unit_test(an_unknown_code_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
