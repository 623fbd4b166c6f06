/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/throttle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* One address. Its requests fill a bucket that leaks at the rate allowed;
 * empty_us is when, at that rate, it would be empty again. */
struct entry {
    struct entry *next; /* of its chain */
    struct peer peer;
    unsigned connections;
    unsigned requests;
    int64_t empty_us;
};

struct throttle {
    struct throttle_options options;
    pthread_mutex_t lock;
    uint64_t seed; /* nobody can aim at one chain */
    size_t n_chains;
    size_t n_entries;
    size_t hand; /* the chain to forget from next */
    struct entry **chains;
};

int throttle_new(const struct throttle_options *options,
                 struct throttle **out_throttle, struct err *err)
{
    struct throttle *throttle = calloc(1, sizeof(*throttle));

    if (!throttle)
        return err_memory(err);
    throttle->options = *options;
    throttle->n_chains = options->addresses;
    throttle->chains = calloc(options->addresses, sizeof(*throttle->chains));
    if (!throttle->chains) {
        free(throttle);
        return err_memory(err);
    }
    /* Without it chains can be aimed at, which slows and harms no more. */
    if (getrandom(&throttle->seed, sizeof(throttle->seed), 0) < 0)
        throttle->seed = (uint64_t)(uintptr_t)throttle;
    pthread_mutex_init(&throttle->lock, NULL);
    *out_throttle = throttle;
    return 0;
}

void throttle_free(struct throttle *throttle)
{
    if (!throttle)
        return;
    for (size_t i = 0; i < throttle->n_chains; i++)
        for (struct entry *entry = throttle->chains[i], *next; entry;
             entry = next) {
            next = entry->next;
            free(entry);
        }
    pthread_mutex_destroy(&throttle->lock);
    free(throttle->chains);
    free(throttle);
}

static struct entry **chain_of(struct throttle *throttle,
                               const struct peer *peer)
{
    uint64_t halves[2];
    uint64_t hash = throttle->seed;

    memcpy(halves, peer->octets, sizeof(halves));
    for (size_t i = 0; i < 2; i++) {
        hash = (hash ^ halves[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return &throttle->chains[hash % throttle->n_chains];
}

/* Makes room by forgetting one address that has nothing open. */
static void forget_one(struct throttle *throttle)
{
    for (size_t i = 0; i < throttle->n_chains; i++) {
        struct entry **link =
            &throttle->chains[throttle->hand++ % throttle->n_chains];

        for (; *link; link = &(*link)->next) {
            struct entry *entry = *link;

            if (entry->connections || entry->requests)
                continue;
            *link = entry->next;
            free(entry);
            throttle->n_entries--;
            return;
        }
    }
}

static struct entry *find(struct throttle *throttle, const struct peer *peer)
{
    struct entry *entry = *chain_of(throttle, peer);

    while (entry && memcmp(&entry->peer, peer, sizeof(*peer)) != 0)
        entry = entry->next;
    return entry;
}

static struct entry *find_or_add(struct throttle *throttle,
                                 const struct peer *peer)
{
    struct entry *entry = find(throttle, peer);
    struct entry **chain;

    if (entry)
        return entry;
    if (throttle->n_entries >= throttle->options.addresses)
        forget_one(throttle);
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return NULL;
    chain = chain_of(throttle, peer);
    entry->peer = *peer;
    entry->next = *chain;
    *chain = entry;
    throttle->n_entries++;
    return entry;
}

int throttle_connect(struct throttle *throttle, const struct peer *peer)
{
    const unsigned limit = throttle->options.connections;
    const struct peer group = peer_group(peer);
    struct entry *entry;
    bool is_too_many;

    pthread_mutex_lock(&throttle->lock);
    entry = find_or_add(throttle, &group);
    is_too_many = !entry || (limit && entry->connections >= limit);
    if (!is_too_many)
        entry->connections++;
    pthread_mutex_unlock(&throttle->lock);
    return is_too_many;
}

void throttle_disconnect(struct throttle *throttle, const struct peer *peer)
{
    const struct peer group = peer_group(peer);
    struct entry *entry;

    pthread_mutex_lock(&throttle->lock);
    entry = find(throttle, &group);
    if (entry && entry->connections)
        entry->connections--;
    pthread_mutex_unlock(&throttle->lock);
}

/* Pours one request in. Returns: seconds until it fits; 0 = it did. */
static unsigned pour(const struct throttle_options *options,
                     struct entry *entry, int64_t now_us)
{
    const int64_t drop_us =
        options->per_second ? 1000 * 1000 / (int64_t)options->per_second : 0;
    const int64_t depth_us =
        drop_us * (options->burst ? (int64_t)options->burst : 1);
    int64_t empty_us = entry->empty_us > now_us ? entry->empty_us : now_us;
    int64_t over_us = empty_us + drop_us - now_us - depth_us;

    if (over_us > 0)
        return (unsigned)((over_us + 999999) / (1000 * 1000));
    entry->empty_us = empty_us + drop_us;
    return 0;
}

unsigned throttle_begin(struct throttle *throttle, const struct peer *peer,
                        int64_t now_ms)
{
    const struct throttle_options *options = &throttle->options;
    const struct peer group = peer_group(peer);
    struct entry *entry;
    unsigned after_s;

    pthread_mutex_lock(&throttle->lock);
    entry = find_or_add(throttle, &group);
    if (!entry || (options->requests && entry->requests >= options->requests))
        after_s = 1;
    else
        after_s = pour(options, entry, now_ms * 1000);
    if (after_s == 0)
        entry->requests++;
    pthread_mutex_unlock(&throttle->lock);
    return after_s;
}

void throttle_end(struct throttle *throttle, const struct peer *peer)
{
    const struct peer group = peer_group(peer);
    struct entry *entry;

    pthread_mutex_lock(&throttle->lock);
    entry = find(throttle, &group);
    if (entry && entry->requests)
        entry->requests--;
    pthread_mutex_unlock(&throttle->lock);
}
