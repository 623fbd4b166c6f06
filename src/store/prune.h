/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Prune: what has been kept long enough goes.
 *
 * Three ages. Facts go by the day of their report, out of every sum and list,
 * with what conflicts with them; those without a day, or with one that was not
 * yet when they came, go by the time of storing. Raw octets go earlier than
 * their report, which stays and says that they are gone. Refused inputs go with
 * their octets. Done in steps, a transaction of some 25 ms each, so that whoever
 * writes waits no longer than for any other batch. Pages that become free are
 * filled again by what comes; the file does not shrink.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/*
 * For how many days each is kept unless told otherwise; 0 for ever. Facts and
 * octets are small, some MB a year of a domain, and who imports an archive of ten
 * years wants to see ten years. The quarantine: time enough for an upgrade that
 * reads it.
 */
enum {
    STORE_KEEP_RAW_DAYS = 0,
    STORE_KEEP_FACTS_DAYS = 0,
    STORE_KEEP_QUARANTINE_DAYS = 90,
    STORE_KEEP_DAYS_MAX = 36500
};

struct store_retention {
    int raw_days;
    int facts_days;
    int quarantine_days;
};

/* What was removed, or would be. */
struct store_pruned {
    int64_t reports;
    int64_t quarantined;
    int64_t raws;       /* with their reports, their refusals or by age */
    int64_t raw_bytes;  /* as they stood in the file */
    int64_t free_bytes; /* in the file, to be filled again */
};

enum store_prune_part {
    STORE_PRUNE_DATED,
    STORE_PRUNE_UNDATED,
    STORE_PRUNE_QUARANTINE,
    STORE_PRUNE_RAWS,
    STORE_PRUNE_PARTS
};

/* Where the work stands; see store_prune_init. */
struct store_prune {
    struct store_retention keep;
    enum store_prune_part part;
    int standing;     /* of the part of facts */
    int64_t after_id; /* raws up to this one were looked at */
    int64_t n_kept;   /* raws that were looked at and stay */
    bool is_begun;    /* after_id is set */
    bool is_thorough; /* every raw is looked at, and not some thousands */
    struct store_pruned counts;
};

/* Begins a run. Unless it is made thorough it looks at some thousands of raws, those
 * behind the last run's: the store remembers where that ended. */
void store_prune_init(struct store_prune *prune,
                      const struct store_retention *keep);

/*
 * Does one step, a batch of its own, on a store opened for writing.
 * Returns: 1 where there may be more to do, 0 at the end, -1 with err.
 */
int store_prune_step(struct store *store, struct store_prune *prune,
                     struct err *err);

/* What was removed by its day: it shall not come back from raws that were stored
 * until then. */
struct store_floor {
    int64_t day; /* reports of days before it; INT64_MIN: none */
    int64_t at;  /* utc_time */
};

/* Finds what was removed by its day. Returns: 0, -1 with err. */
int store_find_floor(struct store *store, struct store_floor *out_floor,
                     struct err *err);

/* Tells whether a report of a raw was removed by its day, or would have been.
 * day: its own, utc_day or UTC_DAY_NONE. stored_at: of the raw, utc_time. */
bool store_floor_has(const struct store_floor *floor, int64_t day,
                     int64_t stored_at);

/* Tells what would be removed. Reads only. Returns: 0, -1 with err. */
int store_prune_count(struct store *store, const struct store_retention *keep,
                      struct store_pruned *out_pruned, struct err *err);
