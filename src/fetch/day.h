/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Day: what one source says of a day, gathered until it is whole.
 *
 * Each sum is read and cleaned as a session event would be, since it was written
 * elsewhere: what cannot be read is counted, the first of it kept for whoever
 * tells, and passed over. Who has gathered all calls switched_off_join
 * (fetch/switched_off.h). Then all go into the source's own tally in one batch: the
 * whole day or nothing of it, in place of what stood there of the day. So the same
 * day counts once, however often it is fetched.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/list.h"
#include "base/utc.h"
#include "store/tally.h"

/* One sum as the source has it. */
struct day_sum {
    struct slice domain;
    struct slice record;
    struct slice policy;  /* JSON as in a datagram, without verdict, details */
    struct slice failure; /* JSON likewise; empty: the policy itself */
    int64_t sessions; /* of a policy: all; of a failure: those that had it */
    int64_t failures; /* of a policy: those that failed; of a failure: 0 */
};

/* One sum, cleaned. */
struct day_row {
    struct tally_row row;
    int type;             /* of its policy: enum event_policy_number or other */
    bool is_switched_off; /* that was MTA-STS in mode "none" */
    bool is_dropped;      /* a detail of MTA-STS of such a one: not told */
};

struct day {
    utc_day day;
    struct list rows;         /* struct day_row */
    struct arena texts;       /* of the rows */
    struct arena scratch;     /* of one sum */
    struct buffer key;        /* of one sum */
    struct slice policy;      /* the last one as it came, in texts */
    struct slice policy_key;  /* and its key, in texts; empty: it is bad */
    struct slice domain;      /* of that policy as it came, in texts */
    struct slice clean;       /* and cleaned */
    int type;                 /* as in a row */
    bool is_switched_off;     /* likewise */
    int64_t n_bad;            /* sums, or other things, passed over */
    char bad[ERR_TEXT_BYTES]; /* what was wrong with the first */
};

/* Readies an empty day. max_bytes: all its sums may take. */
void day_init(struct day *day, utc_day number, size_t max_bytes);

/* Frees it. */
void day_deinit(struct day *day);

/* Notes that something was passed over. what: of the source, is cleaned. */
void day_note_bad(struct day *day, const char *what, const char *why);

/*
 * Adds a sum, or notes that it is bad.
 * Returns: 0; -1 with err where the day is too large (ERR_LIMIT), or for
 * ERR_MEMORY.
 */
int day_add(struct day *day, const struct day_sum *sum, struct err *err);

enum day_state {
    DAY_WHOLE, /* the source will say nothing else of it: the tally closes it */
    DAY_SO_FAR /* it may say more */
};

/*
 * Puts a day into a tally, in place of what stands there of it.
 * Returns: 0; 1 where the tally has closed the day, and nothing was put; -1 with
 * err.
 */
int day_put(const struct day *day, const char *tally_url,
            const struct clock *clock, enum day_state state, struct err *err);
