/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "service/mailbox_large.h"

static void what_is_passed_over_is_looked_at_with_a_larger_limit(void **state)
{
    struct mailbox_large large = { .uid = 0 }, read;
    char value[MAILBOX_LARGE_BYTES];

    (void)state;
    assert_true(mailbox_large_note(&large, 7, 50, 1000));
    assert_false(mailbox_large_note(&large, 7, 60, 1000));
    assert_true(mailbox_large_note(&large, 7, 70, 900));
    assert_string_equal(mailbox_large_format(&large, value), "7 50 900");
    assert_int_equal(mailbox_large_parse(value, &read), 0);
    assert_memory_equal(&read, &large, sizeof(read));

    /* Not by the same limit, and not by the numbers of another time. */
    assert_int_equal(mailbox_large_begin(&read, 900, 7, 80), 80);
    assert_int_equal(mailbox_large_begin(&read, 2000, 8, 80), 80);
    assert_int_equal(read.until, 0);

    assert_int_equal(mailbox_large_begin(&read, 2000, 7, 80), 49);
    assert_true(mailbox_large_is_known(&read, 55, 900));
    assert_false(mailbox_large_is_known(&read, 50, 901));
    assert_false(mailbox_large_is_known(&read, 81, 900));
    assert_false(mailbox_large_note(&read, 7, 60, 2000));
    assert_string_equal(mailbox_large_format(&read, value), "7 50 900");
    assert_false(mailbox_large_end(&read, 79, 2000));
    assert_true(mailbox_large_end(&read, 80, 2000));
    assert_string_equal(mailbox_large_format(&read, value), "7 60 2000");
    assert_false(mailbox_large_is_known(&read, 55, 900));
    assert_false(mailbox_large_end(&read, 90, 2000));
}

static void another_numbering_begins_anew(void **state)
{
    struct mailbox_large large = { .uidvalidity = 7, .uid = 5, .limit = 10 };

    (void)state;
    assert_true(mailbox_large_note(&large, 8, 50, 1000));
    assert_int_equal(large.uidvalidity, 8);
    assert_int_equal(large.uid, 50);
    assert_int_equal(large.limit, 1000);
}

static void what_is_none_is_refused(void **state)
{
    static const char *const bad[] = { "",
                                       "7",
                                       "7 1",
                                       "7 1 ",
                                       "7 1 2 ",
                                       "7 1 x",
                                       "7 0 1",
                                       " 7 1 2",
                                       "-1 1 2",
                                       "7 -1 2",
                                       "7 1 -2",
                                       "99999999999 1 2",
                                       "7 99999999999 2" };
    struct mailbox_large large;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (mailbox_large_parse(bad[i], &large) != -1)
            fail_msg("\"%s\" is taken", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_passed_over_is_looked_at_with_a_larger_limit),
        cmocka_unit_test(another_numbering_begins_anew),
        cmocka_unit_test(what_is_none_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
