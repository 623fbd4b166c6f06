/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"

#include "row.h"

static struct slice key_of(unsigned n, char text[static 16])
{
    snprintf(text, 16, "k%u", n);
    return slice_of(text);
}

static void values_are_found_again_after_growing(void **state)
{
    enum { N = 20000 };
    struct map map;
    char text[16];

    (void)state;
    map_init(&map);
    assert_null(map_find(&map, SLICE("k0")));
    for (unsigned i = 0; i < N; i++) {
        int64_t *value = map_put(&map, key_of(i, text));

        assert_non_null(value);
        assert_int_equal(*value, 0);
        *value = (int64_t)i * 3;
    }
    assert_int_equal(map.n_entries, N);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(*map_find(&map, key_of(i, text)), (int64_t)i * 3);
        assert_int_equal(*map_put(&map, key_of(i, text)), (int64_t)i * 3);
    }
    assert_int_equal(map.n_entries, N);
    assert_null(map_find(&map, key_of(N, text)));
    map_deinit(&map);
}

/* Keys differ in length, in a NUL, in the last octet of a word. */
static void near_keys_are_apart(void **state)
{
    static const struct {
        const char *name;
        struct slice key;
    } rows[] = {
        { "empty", { "", 0 } },
        { "nul", { "\0", 1 } },
        { "two nuls", { "\0\0", 2 } },
        { "seven", { "abcdefg", 7 } },
        { "eight", { "abcdefgh", 8 } },
        { "eight, other last", { "abcdefgi", 8 } },
        { "nine", { "abcdefgh\0", 9 } },
        { "sixteen", { "abcdefghabcdefgh", 16 } },
        { "seventeen", { "abcdefghabcdefghi", 17 } },
    };
    struct map map;

    (void)state;
    map_init(&map);
    for (size_t i = 0; i < ROWS(rows); i++)
        *map_put(&map, rows[i].key) = (int64_t)i;
    ROW_NUMBER("number of keys", map.n_entries, ROWS(rows));
    for (size_t i = 0; i < ROWS(rows); i++)
        ROW_NUMBER(rows[i].name, *map_find(&map, rows[i].key), i);
    map_deinit(&map);
}

static void keys_are_numbered_as_they_appear(void **state)
{
    enum { N = 500 };
    struct map map;
    size_t number;
    char text[16];

    (void)state;
    map_init(&map);
    for (unsigned i = 0; i < N; i++) {
        assert_int_equal(map_number(&map, key_of(i, text), &number), 1);
        assert_int_equal(number, i);
    }
    for (unsigned i = N; i > 0; i--) {
        assert_int_equal(map_number(&map, key_of(i - 1, text), &number), 0);
        assert_int_equal(number, i - 1);
    }
    assert_int_equal(map.n_entries, N);
    map_deinit(&map);
}

/* What is asked for ahead is what is found then, or nothing. */
static void entries_are_seen_ahead(void **state)
{
    enum { N = 3000 };
    struct map map;
    char text[16];
    unsigned n_seen = 0;

    (void)state;
    map_init(&map);
    map_fetch(&map, map_hash(SLICE("key")));
    assert_null(map_peek(&map, map_hash(SLICE("key"))));
    for (unsigned i = 0; i < N; i++) {
        struct slice key = key_of(i, text);

        *map_put_hashed(&map, key, map_hash(key)) = i;
    }
    for (unsigned i = 0; i < N; i++) {
        struct slice key = key_of(i, text);
        const struct map_entry *entry;

        map_fetch(&map, map_hash(key));
        entry = map_peek(&map, map_hash(key));
        assert_int_equal(*map_find(&map, key), i);
        if (!entry)
            continue;
        n_seen++;
        assert_int_equal(entry->value, i);
    }
    assert_in_range(n_seen, N / 4, N);
    map_deinit(&map);
}

static void keys_are_copied_and_forgotten(void **state)
{
    struct map map;
    char key[] = "key";

    (void)state;
    map_init(&map);
    *map_put(&map, slice_of(key)) = 5;
    key[0] = 'x';
    assert_int_equal(*map_find(&map, SLICE("key")), 5);
    map_clear(&map);
    assert_int_equal(map.n_entries, 0);
    assert_null(map_find(&map, SLICE("key")));
    assert_int_equal(*map_put(&map, SLICE("key")), 0);
    map_deinit(&map);
    map_deinit(&map);
    map_deinit(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found_again_after_growing),
        cmocka_unit_test(near_keys_are_apart),
        cmocka_unit_test(keys_are_numbered_as_they_appear),
        cmocka_unit_test(entries_are_seen_ahead),
        cmocka_unit_test(keys_are_copied_and_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
