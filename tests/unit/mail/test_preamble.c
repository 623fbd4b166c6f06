/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/preamble.h"
#include "row.h"

static void only_what_files_put_before_a_header_is_skipped(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "From: a\n", "From: a\n" },
        { "\xef\xbb\xbf\r\n\nFrom a@b Mon\r\nFrom: a\n", "From: a\n" },
        { ">From a@b Mon\nTo: b\n", "To: b\n" },
        { "From a\n\nTo: b\n", "\nTo: b\n" },
        { "From a\nFrom b\n", "From b\n" },
        { " From a\n", " From a\n" },
        { "\r\n", "" },
        { "From ", "" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_OCTETS(rows[i].text, preamble_skip(slice_of(rows[i].text)),
                   slice_of(rows[i].want));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_files_put_before_a_header_is_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
