/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Hash table from octet strings to 64-bit values.
 *
 * Workload: dictionaries of a batch (some thousand domains, organisations,
 * hosts), roll-up deltas. Open addressing; keys are copied into an arena of the
 * table's own. The hash is keyed at random per process, because keys come from
 * strangers.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

struct map_entry {
    const char *key; /* owned by the map; NULL marks a free place */
    size_t key_len;
    uint64_t hash;
    int64_t value; /* the caller's */
};

struct map {
    struct map_entry *entries;
    size_t n_entries; /* in use */
    size_t capacity;  /* power of two, or 0 */
    struct arena keys;
};

/* Readies an empty map. Allocates nothing. */
void map_init(struct map *map);

/* Frees everything. NULL is allowed. */
void map_deinit(struct map *map);

/* Empties the map, keeping its places. */
void map_clear(struct map *map);

/*
 * Finds the value of a key.
 * Returns: where it stands, valid until the next map_put; NULL if absent.
 */
int64_t *map_find(const struct map *map, struct slice key);

/*
 * Finds the value of a key, adding it with value 0 where it is absent.
 * Returns: where it stands, valid until the next map_put; NULL when out of
 * memory.
 */
int64_t *map_put(struct map *map, struct slice key);

/*
 * For who has many keys at hand: the memory that each leads to is asked for while
 * the others are. map_hash is the hash of a key in all maps of the process;
 * map_fetch asks for the entry, and map_peek gives it (NULL where another key or
 * none stands there), so that what it leads to can be asked for, too.
 */
uint64_t map_hash(struct slice key);
void map_fetch(const struct map *map, uint64_t hash);
const struct map_entry *map_peek(const struct map *map, uint64_t hash);

/* As map_put, with map_hash of the key. */
int64_t *map_put_hashed(struct map *map, struct slice key, uint64_t hash);

/*
 * Numbers keys from 0 in order of appearance, in a map used for nothing else.
 * Returns: 0, 1 where the key is new, -1 when out of memory.
 */
int map_number(struct map *map, struct slice key, size_t *out_number);
