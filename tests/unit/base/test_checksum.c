/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/checksum.h"

#include "row.h"

/* Those of the algorithm's authors; files hold such values. */
static const struct {
    const char *name;
    struct slice octets;
    uint64_t checksum;
} rows[] = {
    { "nothing", { "", 0 }, UINT64_C(0xcbf29ce484222325) },
    { "a letter", { "a", 1 }, UINT64_C(0xaf63dc4c8601ec8c) },
    { "a word", { "foobar", 6 }, UINT64_C(0x85944171f73967e8) },
    { "a word and a NUL", { "foobar", 7 }, UINT64_C(0x34531ca7168b8f38) },
    { "octets above 127",
      { "\xff\x00\x00\x01", 4 },
      UINT64_C(0x6961196491cc682d) },
};

static void values_are_those_that_files_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(rows[i].name,
                   (int64_t)checksum_add(CHECKSUM_NONE, rows[i].octets),
                   (int64_t)rows[i].checksum);
}

static void pieces_give_what_the_whole_gives(void **state)
{
    const struct slice whole = SLICE("in two pieces");
    const uint64_t checksum = checksum_add(CHECKSUM_NONE, whole);

    (void)state;
    for (size_t i = 0; i <= whole.len; i++)
        assert_true(
            checksum_add(checksum_add(CHECKSUM_NONE, slice_make(whole.ptr, i)),
                         slice_skip(whole, i)) == checksum);
}

static void a_number_is_eight_octets_the_lowest_first(void **state)
{
    const unsigned char octets[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
    const uint64_t number = UINT64_C(0x0102030405060708);

    (void)state;
    assert_true(
        checksum_add_number(CHECKSUM_NONE, number) ==
        checksum_add(CHECKSUM_NONE, slice_make(octets, sizeof(octets))));
    assert_true(checksum_add_number(CHECKSUM_NONE, number) ==
                UINT64_C(0x0c6d4496e17859d5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_that_files_hold),
        cmocka_unit_test(pieces_give_what_the_whole_gives),
        cmocka_unit_test(a_number_is_eight_octets_the_lowest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
