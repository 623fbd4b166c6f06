/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reread: what an older reader read, read again by today's.
 *
 * Raw by raw: each report that is in it is compared with what is stored and
 * replaced where it reads differently; what was refused and can be read now is
 * stored and leaves the quarantine. Batches of some 25 ms, so that a daemon goes
 * on meanwhile; a work that was broken off goes on where it stood. What needs an
 * answer of DNS stands aside until the daemon has judged it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/err.h"
#include "intake/reading.h"
#include "intake/rows.h"
#include "store/stale.h"
#include "store/store.h"

struct intake_reread;

struct intake_reread_counts {
    int64_t raws; /* that were read again */
    int64_t gone; /* that are no longer kept, or damaged; their reports stay as
                     they are */
    int64_t same; /* reports that read as they did */
    int64_t changed;  /* that read differently, in rows and sums */
    int64_t merged;   /* that turned out to be duplicates */
    int64_t added;    /* that had not been read before */
    int64_t lost;     /* that are not read any more; they stay as they are */
    int64_t released; /* entries of the quarantine that went */
    int64_t refused;  /* raws that are still refused, or in part */
};

struct intake_reread_options {
    /* As intake_import_options. */
    const char *(*organization_key)(struct arena *arena, const char *name);

    intake_signed_key_function *signed_key;

    /* For the time of arrival of what is new; must outlive the work. */
    const struct clock *clock;

    /* Reads inputs elsewhere; NULL: in this process. */
    intake_reading_function *read;

    /* Has `read` hurry, as others wait for the batch: what takes longer it may
     * leave unread for now (INTAKE_UNREAD_YET). NULL: it never does. */
    void (*hurry)(void *read_context, bool does_hurry);
    void *read_context;
};

/*
 * Readies it for a store opened for writing, which must outlive it.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int intake_reread_new(struct store *store,
                      const struct intake_reread_options *options,
                      struct intake_reread **out_reread, struct err *err);

/* Goes by raws of a kind behind one of a number from now on; all of them at
 * first. */
void intake_reread_seek(struct intake_reread *reread,
                        enum store_stale_kind kind, int64_t after_id);

/* The number of the last raw that was read. */
int64_t intake_reread_place(const struct intake_reread *reread);

/* Frees it; a batch that is open is given up. NULL is allowed. */
void intake_reread_free(struct intake_reread *reread);

/*
 * Reads the next raw that has something stale. The last step commits.
 * Returns: 1 where there may be more, 0 at the end, -1 with err.
 */
int intake_reread_step(struct intake_reread *reread, struct err *err);

/*
 * Reads the raw of an entry of the quarantine again, stale or not, and commits.
 * Returns: 0, 1 where its octets are gone, -1 with err.
 */
int intake_reread_entry(struct intake_reread *reread,
                        const struct store_quarantined *entry, struct err *err);

/*
 * Gets the octets of a raw. Those that are damaged are as good as gone: they must
 * not keep others from being read.
 * Returns: 0 with them in out, 1 where they are gone, -1 with err.
 */
int intake_reread_octets(struct store *store,
                         const unsigned char raw_hash[static DIGEST_BYTES],
                         struct buffer *out, struct err *err);

/* Commits what was read. Returns: 0, -1 with err. */
int intake_reread_commit(struct intake_reread *reread, struct err *err);

/* Tells whether a batch is open: others wait. */
bool intake_reread_is_in_batch(const struct intake_reread *reread);

/* What was found so far. */
const struct intake_reread_counts *intake_reread_counts(
    const struct intake_reread *reread);
