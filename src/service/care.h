/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Care: what a running daemon does for its store between batches.
 *
 * Once an hour, and at the start: what has been kept long enough goes, and of
 * what strangers filled the store with the oldest beyond the quota. The quota is
 * looked at earlier, too, when much has come. All of it in steps of some 25 ms
 * in the receiver's thread, with rests, so that no sender waits for it.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/prune.h"
#include "store/quota.h"

struct settings;

struct care_options {
    struct store_retention keep;
    struct store_quota_limits quota;
    int64_t reserve_bytes; /* left free on the store's disk */
};

/* One round after the other. */
struct care {
    struct care_options options;
    enum { CARE_RESTS, CARE_PRUNES, CARE_COUNTS } doing;
    struct store_prune prune;
    struct store_quota quota;
    int64_t round_at_ms; /* when the next round is due */
    int64_t step_at_ms;  /* when the next step of this one is */
    int64_t taken_bytes; /* since the quota was counted */
    bool is_dropping;    /* the last round found a quota exceeded */
};

/* What settings say of it. */
struct care_options care_options_of(const struct settings *settings);

/* Readies care whose first round is due at once. */
void care_init(struct care *care, const struct care_options *options);

/* Frees it. */
void care_deinit(struct care *care);

/* Goes by other options from the next round on. */
void care_set(struct care *care, const struct care_options *options);

/* Notes that an input of so many octets was taken. */
void care_note(struct care *care, int64_t bytes);

/* When care_step is to be called, in ms of the monotonic clock; INT64_MAX for
 * never. */
int64_t care_due_ms(const struct care *care);

/* Gives a round up after a failure of the store; it begins again in a while. */
void care_fail(struct care *care);

/*
 * Does a step, and logs what a round found.
 * Returns: 0, -1 with err: the round begins again later.
 */
int care_step(struct care *care, struct store *store, struct err *err);
