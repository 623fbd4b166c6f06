/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The handle behind outbox.h, and its schema.
 *
 * For this room alone.
 */

#include "store/handle.h"
#include "store/outbox.h"

/* "TLSO": application_id of an outbox. */
enum { OUTBOX_APPLICATION = 0x544c534f };

/* store_kind.same_since of an outbox. */
enum { OUTBOX_SAME_SINCE = 3 };

struct outbox {
    struct store *store;
};

/* The migrations of outbox.db; *out_n gets their number. */
const char *const *outbox_migrations(size_t *out_n);

/*
 * Begins a transaction of its own where no batch is open.
 * *out_is_own: for outbox_leave. Returns: 0, -1 with err.
 */
int outbox_enter(struct outbox *outbox, bool *out_is_own, struct err *err);

/*
 * Ends it: commits where status is not negative, else gives up what was done,
 * with the whole batch where it was in one.
 * Returns: status, or -1 where the commit failed.
 */
int outbox_leave(struct outbox *outbox, bool is_own, int status,
                 struct err *err);

/*
 * Runs a bound change, in a transaction of its own where no batch is open.
 * Returns: 0, 1 where no row was changed, -1 with err.
 */
int outbox_run(struct outbox *outbox, sqlite3_stmt *change, struct err *err);

/* Binds a text of any octets, borrowed until the statement has run. */
void outbox_bind(sqlite3_stmt *statement, int place, struct slice text);

/* A text column, valid until the next step. */
struct slice outbox_column(sqlite3_stmt *statement, int column);

/* The columns of a delivery with those it takes from its report, for a SELECT
 * from "delivery d JOIN report r", and how a row of them is read. */
#define OUTBOX_DELIVERY_COLUMNS                                                \
    "d.id, d.report_id, r.day, r.domain, r.tenant, d.uri, d.host, d.origin,"   \
    " d.state, d.start_at, d.next_at, d.first_try_at, d.last_try_at, d.tries," \
    " d.is_open, d.answer"
enum { OUTBOX_N_DELIVERY_COLUMNS = 16 };

/* Reads a row of them; its texts are valid until the next step. */
struct outbox_delivery outbox_delivery_row(sqlite3_stmt *row);

/* Reads a row of the columns day, tenant, domain, record and reason of `skip`;
 * its texts are valid until the next step. */
struct outbox_skip outbox_skip_row(sqlite3_stmt *row);
