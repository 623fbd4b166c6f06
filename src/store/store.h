/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Store: what is kept, and the only room that knows SQL.
 *
 * Facts (reports with their rows, raw octets, quarantine) are append-only and
 * idempotent by key; roll-ups that answer the dashboard are kept in the same
 * transaction. One writer connection a file, read-only ones beside it; WAL,
 * group commit. A store is named by URL: "sqlite:PATH". Workload: 2,500 reports
 * a second at an import, 1 M reports of 500 domains at rest, each question of a
 * page in some ms. Sums in here are distinct sessions but where a name says
 * evaluations.
 *
 * A handle belongs to one thread at a time, and a callback asks nothing of the
 * store that called it. Whoever asks within a batch sees what the batch put.
 */

#include "base/clock.h"
#include "base/err.h"
#include "base/utc.h"
#include "store/dmarc.h"
#include "store/origin.h"
#include "store/put.h"
#include "store/question.h"
#include "store/worst.h"

struct store;

enum store_mode {
    STORE_READ,  /* read-only connection; the file must exist */
    STORE_WRITE, /* creates and migrates where needed */
    STORE_GLANCE /* as STORE_READ, but fails where another keeps it from reading
                    for longer than a person would wait */
};

/*
 * Opens a store. STORE_WRITE creates the file (mode 0600, its folder must exist)
 * and brings its schema up to date; an older program refuses a newer schema and
 * names the version.
 * clock: for the time of storing; must outlive the store.
 * Returns: 0, -1 with err (ERR_USAGE for an URL of another kind; ERR_STORE).
 */
int store_open(const char *url, enum store_mode mode, const struct clock *clock,
               struct store **out_store, struct err *err);

/* Closes it, rolling back a batch left open. NULL is allowed. */
void store_close(struct store *store);

/*
 * Begins and ends a batch: everything put between is one transaction. A commit
 * is durable (synchronous FULL) when it returns 0; where it fails, or where
 * something put before it had failed, the batch is given up as a whole.
 * Returns: 0, -1 with err.
 */
int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);

/*
 * Writes the sums of recent batches where they belong, in a batch of its own.
 * Questions are answered the same before and after; a handle does so when it is
 * closed.
 * Returns: 0, -1 with err.
 */
int store_settle(struct store *store, struct err *err);

/* Gives a batch up. */
void store_rollback(struct store *store);

/*
 * Holds one moment of the store on a read-only connection: the questions until
 * store_release see the same commits, so that their answers belong together.
 * Keep it short, because the log of the store cannot shrink meanwhile.
 * Returns: 0, -1 with err.
 */
int store_hold(struct store *store, struct err *err);

/* Ends it. Without a store_hold before, nothing happens. */
void store_release(struct store *store);

/*
 * The number of the last commit that changed something, for ETags.
 * Returns: 0, -1 with err.
 */
int store_change(struct store *store, int64_t *out_change, struct err *err);

/* The UTC day of the clock that the store was opened with. */
utc_day store_today(const struct store *store);
