/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cli/since.h"

static void spans_mean_their_first_day(void **state)
{
    static const struct {
        const char *text, *today, *first;
    } rows[] = {
        { "1d", "2026-11-21", "2026-11-21" },
        { "30d", "2026-11-21", "2026-10-23" },
        { "2w", "2026-11-21", "2026-11-08" },
        { "1m", "2026-11-21", "2026-10-22" },
        { "1m", "2026-03-31", "2026-03-01" },
        { "6m", "2026-03-15", "2025-09-16" },
        { "1y", "2024-02-29", "2023-03-01" },
        { "2026-10-01", "2026-11-21", "2026-10-01" },
        { "all", "2026-11-21", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char met[UTC_DAY_BYTES];
        utc_day today, first;
        struct err err;

        assert_int_equal(utc_day_parse(slice_of(rows[i].today), &today), 0);
        assert_int_equal(since_parse(rows[i].text, today, &first, &err), 0);
        if (strcmp(utc_day_format(first, met), rows[i].first) != 0)
            fail_msg("%s before %s: want %s, got %s", rows[i].text,
                     rows[i].today, rows[i].first, met);
    }
}

static void other_words_are_usage_errors(void **state)
{
    static const char *const rows[] = { "",     "d",   "0d",         "-1d",
                                        "12h",  "3",   "3dd",        "99999d",
                                        "1e3d", " 3d", "2026-13-01", "1000y" };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        utc_day first;
        struct err err = { 0 };

        if (since_parse(rows[i], 20000, &first, &err) != -1 ||
            err.kind != ERR_USAGE)
            fail_msg("'%s' was taken", rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_mean_their_first_day),
        cmocka_unit_test(other_words_are_usage_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
