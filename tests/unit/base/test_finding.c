/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/finding.h"

#include <stdlib.h>

#include "row.h"

static const struct finding_kind kinds[] = {
    { "a-info", FINDING_INFO, "", "something", "" },
    { "b-error", FINDING_ERROR, "RFC 8460", "worse", "mend" },
    { "c-critical", FINDING_CRITICAL, "", "worst", "" },
};

static void findings_stand_in_order_with_a_copied_value(void **state)
{
    struct arena arena;
    struct finding_list list;
    char value[] = "abc";

    (void)state;
    arena_init(&arena, 100000);
    finding_list_init(&list, &arena);
    finding_list_add(&list, &kinds[1], "/a", slice_of(value));
    finding_list_add(&list, &kinds[0], "/b", slice_make(NULL, 0));
    value[0] = 'x';
    assert_int_equal(list.n_items, 2);
    assert_ptr_equal(list.items[0].kind, &kinds[1]);
    assert_string_equal(list.items[0].where, "/a");
    assert_string_equal(list.items[0].value, "abc");
    assert_null(list.items[1].value);
    arena_deinit(&arena);
}

static void long_values_are_cut_between_characters(void **state)
{
    static const struct {
        const char *name, *tail;
        size_t lead, expected;
    } rows[] = {
        { "fits", "", FINDING_VALUE_BYTES, FINDING_VALUE_BYTES },
        { "one over", "x", FINDING_VALUE_BYTES, FINDING_VALUE_BYTES },
        { "two octets across", "\xc3\xbc!", 79, 79 },
        { "two octets before", "\xc3\xbc!", 78, 80 },
        { "four octets across", "\xf0\x9f\x98\x80!", 77, 77 },
        { "four octets before", "\xf0\x9f\x98\x80!", 76, 80 },
    };

    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct arena arena;
        struct finding_list list;
        char value[200];

        memset(value, 'x', rows[i].lead);
        memcpy(value + rows[i].lead, rows[i].tail, strlen(rows[i].tail) + 1);
        arena_init(&arena, 100000);
        finding_list_init(&list, &arena);
        finding_list_add(&list, &kinds[0], "", slice_of(value));
        ROW_NUMBER(rows[i].name, strlen(list.items[0].value), rows[i].expected);
        arena_deinit(&arena);
    }
}

static void each_kind_has_room_whatever_the_others_take(void **state)
{
    enum { MANY = 5000 };
    struct arena arena;
    struct finding_list list;

    (void)state;
    arena_init(&arena, 100000);
    finding_list_init(&list, &arena);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(finding_list_takes(&list, &kinds[0]),
                         i < FINDING_KIND_MAX);
        if (i < FINDING_KIND_MAX)
            finding_list_add(&list, &kinds[0], i == 3 ? "here" : "",
                             slice_make(NULL, 0));
    }
    finding_list_add(&list, &kinds[2], "late", slice_make(NULL, 0));
    finding_list_add(&list, &kinds[0], "", slice_make(NULL, 0));
    assert_int_equal(list.n_items, FINDING_KIND_MAX + 1);
    assert_int_equal(list.n_dropped, MANY + 1 - FINDING_KIND_MAX);
    assert_string_equal(list.items[3].where, "here");
    assert_int_equal(list.items[0].n_same, MANY + 1);
    assert_int_equal(list.items[3].n_same, 0);
    assert_string_equal(list.items[FINDING_KIND_MAX].where, "late");
    assert_int_equal(list.items[FINDING_KIND_MAX].n_same, 1);
    arena_deinit(&arena);
}

static void what_memory_cannot_hold_is_dropped(void **state)
{
    struct arena arena;
    struct finding_list list;

    (void)state;
    arena_init(&arena, 0);
    finding_list_init(&list, &arena);
    finding_list_add(&list, &kinds[0], "", SLICE("x"));
    assert_int_equal(list.n_items, 0);
    assert_int_equal(list.n_dropped, 1);
    arena_deinit(&arena);
}

static void severities_have_names_and_rows_are_found(void **state)
{
    (void)state;
    assert_string_equal(finding_severity_name(FINDING_INFO), "info");
    assert_string_equal(finding_severity_name(FINDING_WARNING), "warning");
    assert_string_equal(finding_severity_name(FINDING_ERROR), "error");
    assert_string_equal(finding_severity_name(FINDING_CRITICAL), "critical");
    assert_ptr_equal(finding_kind_find(kinds, 3, SLICE("b-error")), &kinds[1]);
    assert_null(finding_kind_find(kinds, 3, SLICE("B-error")));
    assert_null(finding_kind_find(kinds, 3, SLICE("b")));
    assert_null(finding_kind_find(kinds, 0, SLICE("a-info")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(findings_stand_in_order_with_a_copied_value),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(each_kind_has_room_whatever_the_others_take),
        cmocka_unit_test(what_memory_cannot_hold_is_dropped),
        cmocka_unit_test(severities_have_names_and_rows_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
