/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Outbox: the reports that we owe others, and what became of each delivery.
 *
 * A file of its own (outbox.db). A report stands once by day, tenant, domain,
 * record and part, so that composing a day again after a crash adds nothing. It has one
 * delivery a destination, each with its own time and fate; a report is delivered
 * once one of them is. Workload: 10,000 reports of 1 KB put in one night, some
 * hundred a commit; a handful of deliveries under way at any moment, each noted
 * in commits of its own. One process composes and another delivers: both may
 * write, and wait for each other. A handle belongs to one thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/outbox_row.h"
#include "store/store.h"

struct outbox;

/* ---- Opening ------------------------------------------------------------- */

/*
 * Opens an outbox, as store_open does a store.
 * url: "sqlite:PATH". clock: borrowed for the life of the handle.
 * Returns: 0, -1 with err.
 */
int outbox_open(const char *url, enum store_mode mode,
                const struct clock *clock, struct outbox **out_outbox,
                struct err *err);

/* Its file by an absolute path without links, so that whoever names it otherwise
 * finds the same. Returns: it, valid as long as the handle. */
const char *outbox_path(const struct outbox *outbox);

/* Closes it, giving up a batch left open. NULL is allowed. */
void outbox_close(struct outbox *outbox);

/*
 * Begins, commits and gives up a batch of puts: one durable transaction. Keep it
 * below some 25 ms, because a reporter waits meanwhile. What writes outside a
 * batch is a durable transaction of its own.
 * Returns: 0, -1 with err; a commit that fails has given the batch up.
 */
int outbox_begin(struct outbox *outbox, struct err *err);
int outbox_commit(struct outbox *outbox, struct err *err);
void outbox_abandon(struct outbox *outbox);

/* ---- Composing (room outgoing) ------------------------------------------- */

/*
 * Tells whether the report of a key stands, or was passed over (its reason is
 * not read).
 * Returns: 1 where it does, 0 where not, -1 with err.
 */
int outbox_has_report(struct outbox *outbox, const struct outbox_skip *key,
                      struct err *err);

/*
 * Puts a report with its deliveries (id and composed_at are not read).
 * Returns: 0; 1 where that report stands already, and nothing is put; -1 with
 * err.
 */
int outbox_put_report(struct outbox *outbox, const struct outbox_report *report,
                      const struct outbox_destination *destinations, size_t n,
                      struct err *err);

/*
 * Notes that a report is not made, and why, so that a second run decides
 * nothing anew.
 * Returns: 0; 1 where that stands already; -1 with err.
 */
int outbox_put_skip(struct outbox *outbox, const struct outbox_skip *skip,
                    struct err *err);

/* Notes that a day is composed whole. Returns: 0, -1 with err. */
int outbox_close_day(struct outbox *outbox, utc_day day, struct err *err);

/*
 * Tells about a composed day.
 * Returns: 1 where it is composed whole, 0 where not, -1 with err.
 */
int outbox_find_day(struct outbox *outbox, utc_day day,
                    struct outbox_day *out_day, struct err *err);

/* The last day of which reports were removed by outbox_prune, so that nobody knows
 * any more what was sent; UTC_DAY_NONE where nothing was. Returns: 0, -1. */
int outbox_pruned_day(struct outbox *outbox, utc_day *out_day, struct err *err);

/*
 * How many mails left us for a domain on a UTC day, or may have: those of all
 * reports to addresses of that domain, each try counted on the day it began.
 * Returns: 0, -1 with err.
 */
int outbox_count_mails(struct outbox *outbox, utc_day day, struct slice host,
                       int64_t *out_mails, struct err *err);

/* ---- Delivering (service) ------------------------------------------------ */

/* Returns: 0 to go on, anything else ends it and is returned. */
typedef int outbox_delivery_function(void *context,
                                     const struct outbox_delivery *delivery,
                                     struct err *err);

/*
 * Gives the deliveries that wait and are due at `now`, the longest due first,
 * at most n. A try left open by a crash is due again like any other. The
 * callback asks nothing of this outbox.
 * Returns: 0, -1 with err, what the callback returned.
 */
int outbox_each_due(struct outbox *outbox, utc_time now, size_t n,
                    outbox_delivery_function *function, void *context,
                    struct err *err);

/* When the next delivery is due: UTC_NONE where none waits. Returns: 0, -1. */
int outbox_next_due(struct outbox *outbox, utc_time *out_at, struct err *err);

/*
 * Loads a delivery with its report and the mail kept for it.
 * Returns: 0, 1 where there is none of that id, -1 with err.
 */
int outbox_load(struct outbox *outbox, int64_t delivery, struct arena *arena,
                struct outbox_load *out_load, struct err *err);

/*
 * Keeps the mail of a delivery, signature and all, before its first try, so that
 * every try sends the same octets. The first one kept stays.
 * Returns: 0; 1 where one is kept already (load it); -1 with err.
 */
int outbox_keep_mail(struct outbox *outbox, int64_t delivery, struct slice mail,
                     struct slice sender, struct slice recipient,
                     struct err *err);

/*
 * Notes that a try begins, before anything is sent.
 * is_mail: whether a mail may leave us by it. It is counted now, since a crash may
 *   come between its leaving and the note of its end; outbox_note_try takes it back.
 * Returns: 0; 1 where the delivery does not wait any more (dropped meanwhile):
 * send nothing; -1 with err.
 */
int outbox_note_start(struct outbox *outbox, int64_t delivery, bool is_mail,
                      struct err *err);

/*
 * Notes how the try ended. One that the operator dropped meanwhile stays
 * dropped, unless it was delivered.
 * Returns: 0; 1 where there is no such delivery; -1 with err.
 */
int outbox_note_try(struct outbox *outbox, int64_t delivery,
                    const struct outbox_try *try, struct err *err);

/* ---- The list of what gets nothing --------------------------------------- */

typedef int outbox_suppression_function(void *context,
                                        const struct outbox_suppression *row,
                                        struct err *err);

/*
 * Puts a pattern onto the list; one that stands there gets the new reason and
 * end. Deliveries that wait are for the caller to end (outbox_change).
 * expires_at: UTC_NONE: never. Returns: 0, -1 with err.
 */
int outbox_suppress(struct outbox *outbox, const char *pattern,
                    const char *reason, utc_time expires_at, struct err *err);

/* Takes a pattern off. Returns: 0, 1 where it is not on the list, -1. */
int outbox_unsuppress(struct outbox *outbox, const char *pattern,
                      struct err *err);

/* Gives what is in force at `now`, by pattern. Returns: as the callback. */
int outbox_each_suppression(struct outbox *outbox, utc_time now,
                            outbox_suppression_function *function,
                            void *context, struct err *err);

/* ---- Looking after it (command outbox, dashboard) ------------------------ */

/* Gives deliveries by rising id. Returns: 0, -1, or as the callback. */
int outbox_each_delivery(struct outbox *outbox,
                         const struct outbox_filter *filter,
                         outbox_delivery_function *function, void *context,
                         struct err *err);

typedef int outbox_skip_function(void *context, const struct outbox_skip *row,
                                 struct err *err);

/* Gives what was passed over on a day (UTC_DAY_NONE: ever), by domain. */
int outbox_each_skip(struct outbox *outbox, utc_day day,
                     outbox_skip_function *function, void *context,
                     struct err *err);

/*
 * Changes a delivery by hand: OUTBOX_WAITING has it tried at next_at, whatever
 * it was, and forgets when it was first tried, so that it is tried as long as a
 * new one; OUTBOX_DROPPED and OUTBOX_SUPPRESSED end one that waits.
 * Returns: 0; 1 where there is none, or none that this can be done to; -1.
 */
int outbox_change(struct outbox *outbox, int64_t delivery,
                  enum outbox_state state, utc_time next_at, const char *answer,
                  struct err *err);

/*
 * As outbox_change with OUTBOX_WAITING, of a delivery whose destination may be on
 * the list: it is tried all the same, until it is changed by hand again.
 */
int outbox_force(struct outbox *outbox, int64_t delivery, utc_time next_at,
                 const char *answer, struct err *err);

/* Whether a delivery was forced last. Returns: 1, 0, -1 with err. */
int outbox_is_forced(struct outbox *outbox, int64_t delivery, struct err *err);

/*
 * Counts how far a report has come: n destinations without blind copies, of which
 * n_delivered have accepted it. One is enough for it to be delivered.
 * Returns: 0, -1 with err.
 */
int outbox_count_report(struct outbox *outbox, int64_t report, int64_t *out_n,
                        int64_t *out_n_delivered, struct err *err);

/* Deliveries by state; n[enum outbox_state]. Returns: 0, -1 with err. */
int outbox_count(struct outbox *outbox, int64_t n[static OUTBOX_STATE_COUNT],
                 struct err *err);

/*
 * Removes days before `before` of which no delivery waits: at most max_reports.
 * Returns: 0, 1 where more is left, -1 with err.
 */
int outbox_prune(struct outbox *outbox, utc_day before, size_t max_reports,
                 struct err *err);

/* The word for a state: "waiting", "given-up" ... */
const char *outbox_state_name(enum outbox_state state);

/* The word for how a destination got onto a report: "record", "rule", "copy". */
const char *outbox_origin_name(enum outbox_origin origin);
