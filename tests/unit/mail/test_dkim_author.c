/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mail/dkim_author.h"
#include "row.h"

static const struct {
    const char *value, *want;
} rows[] = {
    { " tls@sender.example", "sender.example" },
    { "Reports <tls@sender.example>", "sender.example" },
    { "\"A, B\" <tls@sender.example>", "sender.example" },
    { "\"quoted @ \\\" here.example\" <tls@sender.example>", "sender.example" },
    { "tls@sender.example (of us@other.example)", "sender.example" },
    { "(one (in \\) one) @x) tls@sender.example", "sender.example" },
    { "tls @ sender.example", "sender.example" },
    { "<tls@sender.example >", "sender.example" },
    { "\r\n Reports\r\n <tls@sender.example>", "sender.example" },
    { "tls@google.com <x@evil.example>", "evil.example" },
    { "\"a@b.example\"@sender.example", "sender.example" },
    { "tls@[192.0.2.1]", "[192.0.2.1]" },
    { "=?utf-8?q?tls=40google.com?= <x@evil.example>", "evil.example" },
    /* Not clear which is meant. */
    { "a@one.example, b@two.example", "" },
    { "<a@one.example> b@two.example", "" },
    { "<> b@two.example", "" },
    { "<a@one.example> <b@two.example>", "" },
    { "<<a@one.example>", "" },
    { "a@one.example>", "" },
    { "a@one.example@two.example", "" },
    { "Reports: tls@sender.example;", "" },
    { "Reports <tls@sender.example", "" },
    { "\"Reports <tls@sender.example>", "" },
    { "(Reports <tls@sender.example>", "" },
    { "Reports", "" },
    { "tls@", "" },
    { "", "" },
};

static void the_only_address_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice got = dkim_author_domain(slice_of(rows[i].value));

        ROW_OCTETS(rows[i].value, slice_make(got.ptr ? got.ptr : "", got.len),
                   slice_of(rows[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_address_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
