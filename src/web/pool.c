/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/pool.h"

#include <pthread.h>
#include <stdlib.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t given;
    unsigned n_free;
    unsigned n_open;
    struct store *free[]; /* n_free of them are free */
};

int pool_open(const char *url, const struct clock *clock, unsigned n,
              struct pool **out_pool, struct err *err)
{
    struct pool *pool = calloc(1, sizeof *pool + n * sizeof pool->free[0]);
    if (!pool)
        return err_memory(err);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->given, NULL);
    while (pool->n_open < n) {
        if (store_open(url, STORE_READ, clock, &pool->free[pool->n_open], err) <
            0) {
            pool_close(pool);
            return -1;
        }
        pool->n_free = ++pool->n_open;
    }
    *out_pool = pool;
    return 0;
}

void pool_close(struct pool *pool)
{
    if (!pool)
        return;
    for (unsigned i = 0; i < pool->n_free; i++)
        store_close(pool->free[i]);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct store *pool_take(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->n_free == 0)
        pthread_cond_wait(&pool->given, &pool->lock);
    struct store *store = pool->free[--pool->n_free];
    pthread_mutex_unlock(&pool->lock);
    return store;
}

void pool_give(struct pool *pool, struct store *store)
{
    pthread_mutex_lock(&pool->lock);
    pool->free[pool->n_free++] = store;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->lock);
}
