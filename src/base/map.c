/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "base/map.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/random.h>

/* Known to nobody: collisions cannot be prepared without it, and tables are
 * bounded by the caps on input. */
static uint64_t secret(void)
{
    static _Atomic uint64_t value;
    uint64_t known = atomic_load_explicit(&value, memory_order_relaxed);
    uint64_t fresh;

    if (known)
        return known;
    if (getrandom(&fresh, sizeof(fresh), GRND_NONBLOCK) !=
        (ssize_t)sizeof(fresh))
        fresh = UINT64_C(0x9e3779b97f4a7c15);
    fresh |= 1;
    /* Of several threads that come first one sets it, and all use that. */
    return atomic_compare_exchange_strong(&value, &known, fresh) ? fresh
                                                                 : known;
}

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    x ^= x >> 32;
    x *= UINT64_C(0xd6e8feb86659fd93);
    return x ^ x >> 32;
}

/* Two words become one that each bit of both has a say in. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = a;

    product *= b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The next two words, each met by something that is secret: a product of 0 would
 * forget what was before. */
static uint64_t add_words(uint64_t h, const char *octets, uint64_t key)
{
    uint64_t words[2];

    memcpy(words, octets, sizeof(words));
    return fold(words[0] ^ key, words[1] ^ h);
}

/* 32 octets at a step, in two lanes that do not wait for each other: keys may be
 * whole datagrams. */
uint64_t map_hash(struct slice key)
{
    const uint64_t first = secret();
    const uint64_t second = mix(first);
    const char *octets = key.ptr;
    size_t left = key.len;
    uint64_t a = first ^ key.len, b = second;
    char rest[16] = { 0 };

    for (; left >= 32; left -= 32, octets += 32) {
        a = add_words(a, octets, second);
        b = add_words(b, octets + 16, first);
    }
    if (left >= 16) {
        a = add_words(a, octets, second);
        octets += 16;
        left -= 16;
    }
    if (left)
        memcpy(rest, octets, left);
    b = add_words(b, rest, first);
    return mix(a ^ fold(b, second));
}

void map_init(struct map *map)
{
    *map = (struct map){ 0 };
    arena_init(&map->keys, SIZE_MAX / 2);
}

void map_deinit(struct map *map)
{
    if (!map)
        return;
    free(map->entries);
    arena_deinit(&map->keys);
    map_init(map);
}

void map_clear(struct map *map)
{
    if (map->capacity)
        memset(map->entries, 0, map->capacity * sizeof(*map->entries));
    map->n_entries = 0;
    arena_reset(&map->keys);
}

/* The place of a key: the entry that holds it or the free one it belongs to. */
static struct map_entry *place(struct map_entry *entries, size_t capacity,
                               struct slice key, uint64_t hash)
{
    size_t i = hash & (capacity - 1);

    while (entries[i].key &&
           (entries[i].hash != hash ||
            !slice_equal(slice_make(entries[i].key, entries[i].key_len), key)))
        i = (i + 1) & (capacity - 1);
    return &entries[i];
}

static int grow(struct map *map)
{
    size_t capacity = map->capacity ? map->capacity * 2 : 64;
    struct map_entry *entries = calloc(capacity, sizeof(*entries));

    if (!entries)
        return -1;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct map_entry *e = &map->entries[i];

        if (e->key)
            *place(entries, capacity, slice_make(e->key, e->key_len), e->hash) =
                *e;
    }
    free(map->entries);
    map->entries = entries;
    map->capacity = capacity;
    return 0;
}

int64_t *map_find(const struct map *map, struct slice key)
{
    struct map_entry *entry;

    if (map->capacity == 0)
        return NULL;
    entry = place(map->entries, map->capacity, key, map_hash(key));
    return entry->key ? &entry->value : NULL;
}

void map_fetch(const struct map *map, uint64_t hash)
{
    if (map->capacity)
        __builtin_prefetch(&map->entries[hash & (map->capacity - 1)]);
}

const struct map_entry *map_peek(const struct map *map, uint64_t hash)
{
    const struct map_entry *entry;

    if (map->capacity == 0)
        return NULL;
    entry = &map->entries[hash & (map->capacity - 1)];
    return entry->key && entry->hash == hash ? entry : NULL;
}

int64_t *map_put(struct map *map, struct slice key)
{
    return map_put_hashed(map, key, map_hash(key));
}

int64_t *map_put_hashed(struct map *map, struct slice key, uint64_t hash)
{
    struct map_entry *entry;

    if ((map->n_entries + 1) * 4 > map->capacity * 3 && grow(map))
        return NULL;
    entry = place(map->entries, map->capacity, key, hash);
    if (entry->key)
        return &entry->value;
    entry->key = arena_copy(&map->keys, key);
    if (!entry->key)
        return NULL;
    entry->key_len = key.len;
    entry->hash = hash;
    entry->value = 0;
    map->n_entries++;
    return &entry->value;
}

int map_number(struct map *map, struct slice key, size_t *out_number)
{
    size_t n = map->n_entries;
    int64_t *value = map_put(map, key);

    if (!value)
        return -1;
    if (map->n_entries == n) {
        *out_number = (size_t)*value;
        return 0;
    }
    *value = (int64_t)n;
    *out_number = n;
    return 1;
}
