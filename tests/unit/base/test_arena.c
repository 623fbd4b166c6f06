/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#include "row.h"

enum { MIB = 1024 * 1024 };

static void objects_are_aligned_and_apart(void **state)
{
    struct arena arena;
    unsigned char *objects[300];

    (void)state;
    arena_init(&arena, MIB);
    for (size_t i = 0; i < ROWS(objects); i++) {
        objects[i] = arena_alloc(&arena, i);
        assert_non_null(objects[i]);
        assert_int_equal((uintptr_t)objects[i] % 16, 0);
        memset(objects[i], (int)(i & 0xff), i);
    }
    for (size_t i = 0; i < ROWS(objects); i++) {
        for (size_t j = 0; j < i; j++)
            assert_int_equal(objects[i][j], i & 0xff);
    }
    arena_deinit(&arena);
}

static void the_maximum_is_never_passed(void **state)
{
    static const size_t maxima[] = { 0, 1, 40, 4096, 10000, MIB };

    (void)state;
    for (size_t i = 0; i < ROWS(maxima); i++) {
        struct arena arena;
        size_t given = 0;

        arena_init(&arena, maxima[i]);
        while (arena_alloc(&arena, 100)) {
            given += 100;
            assert_true(arena.held_bytes <= maxima[i]);
            assert_true(given <= maxima[i]);
        }
        /* Overhead is no excuse for giving out hardly anything. */
        if (maxima[i] >= 4096)
            assert_true(given > maxima[i] / 2);
        arena_deinit(&arena);
    }
}

static void sizes_that_overflow_are_refused(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, SIZE_MAX / 2);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc(&arena, SIZE_MAX - 15));
    assert_null(arena_alloc(&arena, SIZE_MAX / 2 + 1));
    assert_null(arena_calloc(&arena, SIZE_MAX / 2, 3));
    assert_non_null(arena_alloc(&arena, 1));
    arena_deinit(&arena);
}

static void calloc_clears_memory_used_before(void **state)
{
    struct arena arena;
    char *dirty, *clean;

    (void)state;
    arena_init(&arena, MIB);
    dirty = arena_alloc(&arena, 512);
    memset(dirty, 'x', 512);
    arena_reset(&arena);
    clean = arena_calloc(&arena, 64, 8);
    assert_non_null(clean);
    for (size_t i = 0; i < 512; i++)
        assert_int_equal(clean[i], 0);
    assert_non_null(arena_calloc(&arena, 0, 8));
    arena_deinit(&arena);
}

static void a_reset_keeps_the_first_block(void **state)
{
    struct arena arena;
    size_t first;

    (void)state;
    arena_init(&arena, MIB);
    assert_non_null(arena_alloc(&arena, 1));
    first = arena.held_bytes;
    for (int i = 0; i < 100; i++)
        assert_non_null(arena_alloc(&arena, 1000));
    assert_int_equal(arena_take(&arena, malloc(10), 10), 0);
    arena_reset(&arena);
    assert_int_equal(arena.held_bytes, first);
    assert_null(arena.taken);
    assert_non_null(arena_alloc(&arena, 1000));
    assert_int_equal(arena.held_bytes, first);
    arena_deinit(&arena);
    arena_reset(&arena);
    assert_int_equal(arena.held_bytes, 0);
    arena_deinit(&arena);
    arena_deinit(NULL);
}

static void a_reset_frees_a_large_first_block(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 4 * (size_t)MIB);
    assert_non_null(arena_alloc(&arena, 3 * (size_t)MIB));
    arena_reset(&arena);
    assert_int_equal(arena.held_bytes, 0);
    assert_non_null(arena_alloc(&arena, 1));
    arena_deinit(&arena);
}

/* The next document may have a lower maximum than what is held. */
static void a_lower_maximum_holds(void **state)
{
    struct arena arena;
    void *memory = malloc(10);

    (void)state;
    arena_init(&arena, MIB);
    assert_non_null(arena_alloc(&arena, 1));
    arena.max_bytes = 100;
    assert_int_equal(arena_room(&arena), 0);
    assert_null(arena_alloc(&arena, 8000));
    assert_int_equal(arena_take(&arena, memory, 10), -1);
    free(memory);
    arena_deinit(&arena);
}

static void the_maximum_is_told_from_want_of_memory(void **state)
{
    struct arena arena;
    struct err err;

    (void)state;
    arena_init(&arena, MIB);
    assert_int_equal(arena_error(&arena, &err), -1);
    assert_int_equal(err.kind, ERR_MEMORY);
    assert_null(arena_alloc(&arena, 2 * (size_t)MIB));
    assert_int_equal(arena_error(&arena, &err), -1);
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_non_null(strstr(err.text, "1024 KiB"));
    arena_reset(&arena);
    arena_error(&arena, &err);
    assert_int_equal(err.kind, ERR_MEMORY);
    arena_deinit(&arena);
}

static void copies_end_in_nul_and_keep_octets(void **state)
{
    struct arena arena;
    char *copy;

    (void)state;
    arena_init(&arena, MIB);
    copy = arena_copy(&arena, SLICE("a\0b"));
    assert_memory_equal(copy, "a\0b", 4);
    assert_string_equal(arena_copy(&arena, slice_make(NULL, 0)), "");
    assert_string_equal(arena_printf(&arena, "%s-%d", "x", 7), "x-7");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    assert_null(arena_copy(&arena, slice_make("a", 2 * (size_t)MIB)));
    arena_deinit(&arena);
}

static void text_over_the_maximum_is_not_formatted(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena, 64);
    assert_null(arena_printf(&arena, "%200s", "x"));
    arena_deinit(&arena);
}

static void taken_memory_counts_and_is_freed(void **state)
{
    struct arena arena;
    void *big = malloc(600000), *more = malloc(600000);

    (void)state;
    arena_init(&arena, MIB);
    assert_int_equal(arena_take(&arena, big, 600000), 0);
    assert_true(arena.held_bytes >= 600000);
    /* Refused memory stays the caller's: under ASan a double free shows. */
    assert_int_equal(arena_take(&arena, more, 600000), -1);
    free(more);
    assert_null(arena_alloc(&arena, 500000));
    arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_aligned_and_apart),
        cmocka_unit_test(the_maximum_is_never_passed),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(calloc_clears_memory_used_before),
        cmocka_unit_test(a_reset_keeps_the_first_block),
        cmocka_unit_test(a_reset_frees_a_large_first_block),
        cmocka_unit_test(a_lower_maximum_holds),
        cmocka_unit_test(the_maximum_is_told_from_want_of_memory),
        cmocka_unit_test(copies_end_in_nul_and_keep_octets),
        cmocka_unit_test(text_over_the_maximum_is_not_formatted),
        cmocka_unit_test(taken_memory_counts_and_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
