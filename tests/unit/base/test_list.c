/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/list.h"

#include "row.h"

struct item {
    uint64_t number;
    char filler[24];
};

static struct list filled(struct arena *arena, size_t n)
{
    struct list list;

    list_init(&list, sizeof(struct item));
    for (size_t i = 0; i < n; i++) {
        struct item *item = list_add(&list, arena);

        assert_non_null(item);
        assert_int_equal(item->number, 0);
        memset(item, 0xff, sizeof(*item));
        item->number = i;
    }
    return list;
}

static void assert_numbers(const struct item *items, size_t n, size_t first)
{
    for (size_t i = 0; i < n; i++)
        assert_int_equal(items[i].number, first + i);
}

/* Small lists are copied, large ones handed over: both arrive whole. */
static void items_arrive_in_the_arena(void **state)
{
    static const size_t sizes[] = { 1, 16, 17, 2047, 2048, 2049, 20000 };

    (void)state;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        struct arena arena;
        struct list list;
        struct item *items;
        size_t n;

        arena_init(&arena, 8 * 1024 * 1024);
        list = filled(&arena, sizes[i]);
        items = list_move(&list, &arena, &n);
        assert_int_equal(n, sizes[i]);
        assert_int_equal(list.n_items, 0);
        assert_numbers(items, n, 0);
        /* The list can be filled again. */
        assert_non_null(list_add(&list, &arena));
        assert_numbers(items, n, 0);
        list_deinit(&list);
        assert_numbers(items, n, 0);
        arena_deinit(&arena);
    }
}

static void of_nothing_comes_nothing(void **state)
{
    struct arena arena;
    struct list list;
    size_t n = 7;

    (void)state;
    arena_init(&arena, 1000);
    list_init(&list, 4);
    assert_null(list_move(&list, &arena, &n));
    assert_int_equal(n, 0);
    list_deinit(&list);
    list_deinit(NULL);
    arena_deinit(&arena);
}

static void a_list_stops_where_the_arena_would(void **state)
{
    struct arena arena;
    struct list list;
    size_t n = 0;

    (void)state;
    arena_init(&arena, 1000);
    list_init(&list, sizeof(struct item));
    while (list_add(&list, &arena))
        n++;
    assert_int_equal(n, 1000 / sizeof(struct item));
    list_deinit(&list);
    arena_deinit(&arena);
}

/* What does not fit stays on the list, and is freed with it. */
static void a_full_arena_takes_nothing(void **state)
{
    static const size_t sizes[] = { 10, 5000 };

    (void)state;
    for (size_t i = 0; i < ROWS(sizes); i++) {
        struct arena roomy, tight;
        struct list list;
        size_t n;

        arena_init(&roomy, 8 * 1024 * 1024);
        arena_init(&tight, 128);
        list = filled(&roomy, sizes[i]);
        assert_null(list_move(&list, &tight, &n));
        assert_int_equal(n, 0);
        assert_int_equal(list.n_items, sizes[i]);
        assert_numbers((struct item *)(void *)list.items, sizes[i], 0);
        list_deinit(&list);
        arena_deinit(&tight);
        arena_deinit(&roomy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_arrive_in_the_arena),
        cmocka_unit_test(of_nothing_comes_nothing),
        cmocka_unit_test(a_list_stops_where_the_arena_would),
        cmocka_unit_test(a_full_arena_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
