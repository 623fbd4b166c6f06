/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/dmarc_rua.h"
#include "row.h"

static const struct {
    const char *name;
    const char *texts[2];
    bool is_named;
} rows[] = {
    { "one", { "v=DMARC1; p=none; rua=mailto:d@in.example" }, true },
    { "of two",
      { "v=DMARC1; rua=mailto:x@a.example, mailto:d@IN.example" },
      true },
    { "with a limit", { "v=DMARC1;rua=mailto:d@in.example!10m" }, true },
    { "another", { "v=DMARC1; rua=mailto:x@in.example" }, false },
    { "none", { "v=DMARC1; p=none" }, false },
    { "ruf is for others", { "v=DMARC1; ruf=mailto:d@in.example" }, false },
    { "no DMARC", { "v=spf1 -all rua=mailto:d@in.example" }, false },
    { "v not first", { "p=none; v=DMARC1; rua=mailto:d@in.example" }, false },
    { "another version", { "v=DMARC2; rua=mailto:d@in.example" }, false },
    { "beside SPF",
      { "v=spf1 -all", "v=DMARC1; rua=mailto:d@in.example" },
      true },
    { "two of them",
      { "v=DMARC1; rua=mailto:d@in.example", "v=DMARC1; p=reject" },
      false },
    { "no URI", { "v=DMARC1; rua=d@in.example" }, false },
    { "empty", { "" }, false },
};

static void the_record_names_the_destination(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice texts[2];
        struct tlsrpt_destination place;
        struct arena arena;
        bool is_named = !rows[i].is_named;
        size_t n = rows[i].texts[1] ? 2 : 1, fault;

        arena_init(&arena, 1 << 20);
        for (size_t j = 0; j < n; j++)
            texts[j] = slice_of(rows[i].texts[j]);
        assert_int_equal(tlsrpt_destination_read(&arena,
                                                 SLICE("mailto:d@in.example"),
                                                 &place, &fault, NULL),
                         0);
        assert_int_equal(
            dmarc_rua_names(&arena, texts, n, &place, &is_named, NULL), 0);
        ROW_NUMBER(rows[i].name, is_named, rows[i].is_named);
        arena_deinit(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_names_the_destination),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
