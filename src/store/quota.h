/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Quota: how much of the store strangers may fill.
 *
 * Three kinds of what nobody vouches for: reports of unproven origin, reports
 * about domains that are not ours, and what could not be read. Each kind has a
 * bound, and so has each source in each kind. Beyond one the oldest of the source
 * that holds most go, and are counted in table `setting`. First all is counted in
 * slices, then dropped in batches of some 25 ms: a flood keeps nobody waiting.
 * What conflicts counts with the report that it conflicts with, and goes with it;
 * beside a report that counts there are STORE_CONFLICTS_MAX at most, and with those
 * that wait to be judged STORE_CONFLICTS_ALL_MAX.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct store;

enum store_quota_kind {
    STORE_QUOTA_UNPROVEN,
    STORE_QUOTA_UNCLAIMED,
    STORE_QUOTA_QUARANTINE,
    STORE_QUOTA_KINDS
};

/* Octets of raw input as they came; 0: no bound. */
struct store_quota_limits {
    int64_t kinds[STORE_QUOTA_KINDS];
    int64_t source; /* of each kind by one source */
};

/* What one source holds. */
struct store_quota_held {
    int64_t origin_id;
    const char *source;
    int64_t bytes[STORE_QUOTA_KINDS];
};

/* Where the work stands. */
struct store_quota {
    struct store_quota_limits limits;
    struct arena arena;
    struct store_quota_held *held; /* of each origin */
    size_t n_held;
    size_t next; /* the origin that is being counted */
    int kind;    /* its kind */
    int64_t after_id;
    int64_t n_dropped;
};

/* Begins a round. */
void store_quota_init(struct store_quota *quota,
                      const struct store_quota_limits *limits);

/* Frees what a round took. */
void store_quota_deinit(struct store_quota *quota);

/*
 * Does one step on a store opened for writing.
 * Returns: 1 where there is more to do, 0 at the end, -1 with err.
 */
int store_quota_step(struct store *store, struct store_quota *quota,
                     struct err *err);

typedef int store_dropped_function(void *context, const char *source,
                                   int64_t count, struct err *err);

/* Tells how many were dropped of each source, ever. Returns: 0, what the
 * function returned, -1 with err. */
int store_each_dropped(struct store *store, store_dropped_function *function,
                       void *context, struct err *err);

/*
 * Tells whether there is room to take more: the disk has reserve_bytes free, or a
 * quarter of it and the rest is free inside the file, where it is filled first.
 * Returns: 0, -1 with err (ERR_STORE: there is none; ERR_SYSTEM).
 */
int store_check_room(struct store *store, int64_t reserve_bytes,
                     struct err *err);

/* Octets in the file that are free to be filled. Returns: 0, -1 with err. */
int store_free_bytes(struct store *store, int64_t *out_bytes, struct err *err);
