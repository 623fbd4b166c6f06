/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Read-only store connections, one for each thread that answers.
 *
 * A connection is used by one thread at a time: taken for one answer, then
 * given back. There are as many as threads, so that nobody waits.
 */

#include "store/store.h"

struct pool;

/*
 * Opens n connections to a store that exists. clock must outlive the pool.
 * Returns: 0, -1 with err.
 */
int pool_open(const char *url, const struct clock *clock, unsigned n,
              struct pool **out_pool, struct err *err);

/* Closes them; all must have been given back. NULL is allowed. */
void pool_close(struct pool *pool);

/* Takes a connection, waiting where all are in use. */
struct store *pool_take(struct pool *pool);

/* Gives a connection back. */
void pool_give(struct pool *pool, struct store *store);
