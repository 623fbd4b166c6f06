/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Schema: the numbered migrations of tlsrpt.db.
 *
 * user_version counts them, application_id says whose file it is. A migration
 * never changes once released; the next one is appended. One process migrates:
 * in one exclusive transaction it copies an older store to PATH.backup-N (N the
 * version it has) and runs all that is missing, so that a crash leaves the old
 * version and the next start begins again. Where tables are only added nothing is
 * copied: a tally has thousands of sessions a second waiting to be received.
 */

#include <stddef.h>

#include "base/err.h"

struct store;

/* "TLSR": written to the file's header. */
enum { SCHEMA_APPLICATION = 0x544c5352 };

/* Version 3: DMARC reports beside TLS reports. */
extern const char schema_dmarc[];

/* Version 4: indexes for the care of the store. */
extern const char schema_care[];

/* Version 5, of schema_tail.c. */
extern const char schema_tail[];

/* Version 6, of schema_care.c: what waits and what is refused, way by way. */
extern const char schema_ways[];

/* Version 7, of schema_lines.c: facts written once. Its statements call a
 * function of SQL that is there between these two. */
extern const char schema_lines[];

/* Version 8, of schema_tail.c: rows of the tail with a checksum. */
extern const char schema_checksum[];

/* Version 9, of schema_care.c: since when what waits has waited, and when raws were
 * put. */
extern const char schema_since[];

/* Readies the connection for version 7. Returns: 0, -1 with err. */
int schema_lines_begin(struct store *store, struct err *err);

/* Ends what schema_lines_begin began. */
void schema_lines_end(struct store *store);

/* The migrations of this program; *out_n gets their number. */
const char *const *schema_migrations(size_t *out_n);

/*
 * Checks that the file is a store this program can read.
 * n: the version it needs.
 * Returns: 0, 1 where it is older or empty, -1 with err (ERR_STORE: another
 * program's file, or a newer schema, whose version is named).
 */
int schema_check(struct store *store, size_t n, struct err *err);

/* As schema_check, for who only reads: also 0 where it is older and stands as
 * today (store_kind.same_since). */
int schema_check_reader(struct store *store, size_t n, struct err *err);

/*
 * Brings the file to version n by the migrations given, after a copy of it where
 * they change what is there (store_kind.same_since).
 * Returns: 0, -1 with err; nothing has changed then.
 */
int schema_migrate(struct store *store, const char *const *migrations, size_t n,
                   struct err *err);
