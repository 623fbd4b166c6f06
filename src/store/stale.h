/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Stale: what an older reader read, to be read again by today's.
 *
 * Raw by raw in the order of their numbers, so that a work that was broken off
 * goes on: what has been read again has the version of its reader and is no
 * longer found.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "store/put.h"

struct store;

/* One of the ways a raw came by. */
struct store_stale_way {
    const char *input;
    int64_t origin_id;
    int64_t refusal_id; /* its entry of the quarantine; else its report's */
    struct store_arrival
        arrival; /* as store_quarantined.arrival, and where it is
                                     in quarantine with its destination */
};

/* A raw of which something is stale. Strings live in the caller's arena. */
struct store_stale {
    int64_t raw_id;
    unsigned char raw_hash[DIGEST_BYTES];
    int64_t bytes;           /* as they came */
    bool is_gone;            /* its octets were dropped by age */
    int64_t last_refusal_id; /* entries of the quarantine up to this one are
                                looked at; 0 where there is none */
    struct store_stale_way *ways; /* those of the quarantine, else a report's */
    size_t n_ways;                /* 1 at least */
    bool has_more;                /* ways that are left for another time */
};

/* What is looked at. */
enum store_stale_kind {
    STORE_STALE_ALL,
    STORE_STALE_REFUSED /* the quarantine alone, which costs little */
};

/*
 * Finds the next raw behind after_id with a report or an entry of the quarantine
 * that a reader below `version` read.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_find_stale(struct store *store, enum store_stale_kind kind,
                     int version, int64_t after_id, struct arena *arena,
                     struct store_stale *out_stale, struct err *err);

/* As store_find_stale, of the raw of a number, stale or not. */
int store_find_stale_raw(struct store *store, int64_t raw_id,
                         struct arena *arena, struct store_stale *out_stale,
                         struct err *err);

/* A report as it stands. */
struct store_read {
    int64_t id;
    int64_t origin_id; /* by which it came */
    int version;       /* of its reader */
    char signer[256];  /* whose signature passed, "" */
};

/*
 * Finds the stored report that was read as number (payload, ordinal) of a raw.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_find_read(struct store *store, int64_t raw_id, size_t payload,
                    size_t ordinal, struct store_read *out_read,
                    struct err *err);

/* What became of a report that was read again. */
enum store_replaced {
    STORE_REPLACED_SAME,    /* it reads as it did */
    STORE_REPLACED_CHANGED, /* rows and sums are those of the new reading */
    STORE_REPLACED_MERGED,  /* it turned out to be another one's duplicate */
    STORE_REPLACED_COUNT
};

/*
 * Puts a new reading in the place of an old one in a batch; number, standing,
 * proof and origin stay.
 * Returns: 0, 1 where there is no such report of its kind, -1 with err.
 */
int store_replace_report(struct store *store, int64_t id,
                         const struct store_report *report,
                         enum store_replaced *out_replaced, struct err *err);

/*
 * Notes in a batch that a reader of this version read all of a raw and refused
 * what is in it for these reasons: entries up to last_refusal_id with one of them
 * stay, and those of the ways with other reasons leave the quarantine.
 * out_n: how many went.
 * Returns: 0, -1 with err.
 */
int store_settle_refusals(struct store *store, const struct store_stale *stale,
                          int version, const char *const *reasons,
                          size_t n_reasons, int64_t *out_n, struct err *err);

/* How many reports of a raw were read by a reader below `version`.
 * Returns: 0, -1 with err. */
int store_count_unread(struct store *store, int64_t raw_id, int version,
                       int64_t *out_n, struct err *err);

/* The number of a raw. Returns: 0, 1 where there is none, -1 with err. */
int store_find_raw(struct store *store,
                   const unsigned char hash[static DIGEST_BYTES],
                   int64_t *out_id, struct err *err);

/* How many raws have something stale, for a bar. Returns: 0, -1 with err. */
int store_count_stale(struct store *store, int version, int64_t *out_n,
                      struct err *err);
