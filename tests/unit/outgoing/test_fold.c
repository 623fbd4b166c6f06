/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "outgoing/fold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct report_failure one(const char *type, const char *host, int64_t n)
{
    return (struct report_failure){ .result_type = type,
                                    .receiving_mx_hostname = host,
                                    .sessions = n };
}

static void the_same_details_are_added_up(void **state)
{
    struct report_failure f[] = { one("b", "x", 1), one("a", NULL, 2),
                                  one("b", "x", 3), one("b", "y", 4),
                                  one("a", NULL, 5) };

    (void)state;
    assert_int_equal(outgoing_fold_same(f, 5), 3);
    assert_string_equal(f[0].receiving_mx_hostname, "x");
    assert_int_equal(f[0].sessions, 4);
    assert_null(f[1].receiving_mx_hostname);
    assert_int_equal(f[1].sessions, 7);
    assert_int_equal(f[2].sessions, 4);
    assert_int_equal(outgoing_fold_same(f, 0), 0);
}

static void the_rest_becomes_one_of_each_type(void **state)
{
    struct report_failure f[] = { one("a", "1", 1), one("b", "2", 9),
                                  one("a", "3", 2), one("c", "4", 8),
                                  one("c", "5", 3) };
    struct arena arena;
    struct err err;
    size_t n = 5;
    int64_t n_folded = 0;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(outgoing_fold_rest(&arena, f, &n, 5, &n_folded, &err), 0);
    assert_int_equal(n, 5);
    assert_int_equal(outgoing_fold_rest(&arena, f, &n, 2, &n_folded, &err), 0);
    assert_int_equal(n, 4);
    assert_int_equal(n_folded, 3);
    assert_string_equal(f[0].receiving_mx_hostname, "2");
    assert_string_equal(f[1].receiving_mx_hostname, "4");
    assert_string_equal(f[2].result_type, "c");
    assert_int_equal(f[2].sessions, 3);
    assert_string_equal(f[2].failure_reason_code, "aggregated");
    assert_null(f[2].receiving_mx_hostname);
    assert_string_equal(f[3].result_type, "a");
    assert_int_equal(f[3].sessions, 3);
    arena_deinit(&arena);
}

/* The collector has folded before: what it made is not told twice. */
static void what_was_folded_before_is_folded_into(void **state)
{
    struct report_failure f[] = { one("a", NULL, 101), one("a", "1", 5),
                                  one("b", "2", 4), one("a", "3", 1),
                                  one("b", "4", 2) };
    struct arena arena;
    struct err err;
    size_t n = 5;
    int64_t n_folded = 0;

    (void)state;
    f[0].failure_reason_code = "aggregated";
    arena_init(&arena, 1 << 20);
    assert_int_equal(outgoing_fold_rest(&arena, f, &n, 2, &n_folded, &err), 0);
    assert_int_equal(n, 4);
    assert_string_equal(f[0].receiving_mx_hostname, "1");
    assert_string_equal(f[1].receiving_mx_hostname, "2");
    assert_string_equal(f[2].result_type, "b");
    assert_int_equal(f[2].sessions, 2);
    assert_string_equal(f[3].result_type, "a");
    assert_int_equal(f[3].sessions, 102);
    assert_string_equal(f[3].failure_reason_code, "aggregated");
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_details_are_added_up),
        cmocka_unit_test(the_rest_becomes_one_of_each_type),
        cmocka_unit_test(what_was_folded_before_is_folded_into),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
