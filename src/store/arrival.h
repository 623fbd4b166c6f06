/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Arrival: how a report or a refused input came, and what that proves.
 *
 * Kept with each. What was not known when it came (DNS had not answered) is
 * judged later: such arrivals wait in a list of their own, with the time of the
 * next try, and are put again from their raw octets.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "crypt/digest.h"

struct store;

/* Which sums a report is in. Stored: never renumber. */
enum store_standing {
    STORE_COUNTED = 0,     /* in what people see */
    STORE_CONFLICTING = 1, /* beside the one that stands under its key */
    STORE_UNPROVEN = 2,    /* who sent it is not proven; beside the sums */
    STORE_UNCLAIMED = 3,   /* about a domain that is not ours; in no sum */
    STORE_STANDING_COUNT
};

/* "counted", "conflict", "unproven", "unclaimed". */
const char *store_standing_name(enum store_standing standing);

/* NULL members stand for "". way and rule are numbers of the room above. */
struct store_arrival {
    const char *source; /* as configured; "" for an import */
    const char *tenant;
    const char *destination; /* "mailto:..." or "https:..." */
    int way;
    int rule;
    bool is_live;
    int64_t arrived_at;  /* utc_time */
    const char *verdict; /* on DKIM: "pass", "fail", ...; "" not asked */
    const char *reason;  /* of the verdict, a code */
    const char *signer;  /* domain of the signature it is about */
    int64_t judge_at;    /* when it is judged again, 0 never */
    int64_t judges;      /* store_pending.id that this is the judgement of */
    bool is_given_up;    /* not known, and not asked any more */
};

/* One arrival that is to be judged again. Strings live in the caller's arena. */
struct store_pending {
    int64_t id;
    const char *input;
    struct store_arrival arrival; /* verdict, reason and signer are not kept */
    size_t payload, ordinal;
    int64_t tries;    /* how often it was judged in vain */
    int64_t waited_s; /* until this try; time in which nobody tried is none */
    unsigned char raw_hash[DIGEST_BYTES];
};

/*
 * Lists arrivals that are due, in the order of their time.
 * now: utc_time. limit: at most so many.
 * Owns: *out_pending, an array in arena.
 * Returns: 0, -1 with err.
 */
int store_find_pending(struct store *store, int64_t now, size_t limit,
                       struct arena *arena, struct store_pending **out_pending,
                       size_t *out_n, struct err *err);

/* Forgets an arrival that is judged, or whose raw is gone, in a batch, and its raw
 * where nothing else needs it. Returns: 0, -1 with err. */
int store_drop_pending(struct store *store, int64_t id, struct err *err);

/* Sets the time of the next try and counts this one, in a batch.
 * Returns: 0, -1 with err. */
int store_delay_pending(struct store *store, int64_t id, int64_t judge_at,
                        struct err *err);

/*
 * Gives up an arrival that has waited too long, in a batch. Where a report keeps its
 * raw it is remembered until that goes, or store_rejudge takes it up; else it goes.
 * Returns: 0, -1 with err.
 */
int store_give_up_pending(struct store *store, int64_t id, struct err *err);

/*
 * Has all that was given up wait anew, due now, in a transaction of its own.
 * now: utc_time. out_n: how many. Returns: 0, -1 with err.
 */
int store_rejudge(struct store *store, int64_t now, int64_t *out_n,
                  struct err *err);

/* Makes all that waits due now, in a transaction of its own.
 * now: utc_time. Returns: 0, -1 with err. */
int store_hasten_pending(struct store *store, int64_t now, struct err *err);

/* When the next arrival is due, UTC_NONE where none waits.
 * Returns: 0, -1 with err. */
int store_next_pending(struct store *store, int64_t *out_time, struct err *err);
