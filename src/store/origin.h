/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Origin: where a number comes from in the end.
 *
 * The input a report came with, what was odd in it, its octets; and the inputs
 * that could not be read, in quarantine. One of them is looked at at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "crypt/digest.h"
#include "store/put.h"

struct store;

/* Where a stored report came from. Strings are in the caller's arena. */
struct store_origin {
    int64_t id;
    const char *input;
    int64_t stored_at;
    enum store_proof proof;
    enum store_standing standing;
    bool is_dmarc;                /* else a TLS report */
    struct store_arrival arrival; /* without destination and time */
    int64_t other_id;             /* the report it conflicts with, or another
                                     author's of the same name, or 0 */
    int reader_version;
    size_t payload, ordinal;
    unsigned char raw_hash[DIGEST_BYTES];
};

/*
 * Finds a report by id.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_find_report(struct store *store, int64_t id, struct arena *arena,
                      struct store_origin *out_origin, struct err *err);

typedef int store_finding_function(void *context,
                                   const struct store_finding *finding,
                                   struct err *err);

/* What findings are kept with. */
enum store_findings_of {
    STORE_FINDINGS_OF_REPORT,    /* store_origin.id */
    STORE_FINDINGS_OF_QUARANTINE /* store_quarantined.id */
};

/*
 * The findings kept with a report or a refused input, in their order; strings
 * are valid during the call.
 * Returns: 0, what the function returned, -1 with err.
 */
int store_each_finding(struct store *store, enum store_findings_of of,
                       int64_t id, store_finding_function *function,
                       void *context, struct err *err);

/*
 * Appends the raw octets of a hash, uncompressed as they came in.
 * Returns: 0, 1 where there are none (any more), -1 with err.
 */
int store_get_raw(struct store *store,
                  const unsigned char raw_hash[static DIGEST_BYTES],
                  struct buffer *out, struct err *err);

/* Counts the inputs in quarantine. Returns: 0, -1 with err. */
int store_count_quarantined(struct store *store, int64_t *out_count,
                            struct err *err);

/* One quarantined input. Strings are valid during the call. */
struct store_quarantined {
    int64_t id;
    const char *input;
    const char *reason;
    int64_t stored_at;
    int64_t raw_bytes;
    int reader_version;
    struct store_arrival
        arrival; /* source, tenant, way, rule, is_live and time;
                                     what is to be judged again has more */
    unsigned char raw_hash[DIGEST_BYTES];
};

typedef int store_quarantined_function(void *context,
                                       const struct store_quarantined *entry,
                                       struct err *err);

/*
 * Lists the quarantine, newest first; before_id 0 = from the start.
 * limit: 1 to 1000.
 */
int store_each_quarantined(struct store *store, int64_t before_id, size_t limit,
                           store_quarantined_function *function, void *context,
                           struct err *err);

/*
 * Finds one entry. Owns: its strings live in arena.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_find_quarantined(struct store *store, int64_t id, struct arena *arena,
                           struct store_quarantined *out_entry,
                           struct err *err);

/* As store_find_quarantined, the newest below a number. */
int store_last_quarantined(struct store *store, int64_t before_id,
                           struct arena *arena,
                           struct store_quarantined *out_entry,
                           struct err *err);

/*
 * Drops an entry in a batch; its raw octets go where no report needs them.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int store_drop_quarantined(struct store *store, int64_t id, struct err *err);

/* Notes in a batch that a reader of this version refused an entry again.
 * Returns: 0, -1 with err. */
int store_renew_quarantined(struct store *store, int64_t id, int reader_version,
                            struct err *err);
