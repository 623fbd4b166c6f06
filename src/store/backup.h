/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Backup: a whole copy of a store in one file, while others write to it.
 *
 * The copy is of one moment, has no free pages and the mode 0600. It is made
 * under another name, synchronised, opened and checked, and only then gets its
 * name; a file that is there is never written over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store_backup_options {
    /* Called now and then. Returns: false to stop. May be NULL. */
    bool (*step)(void *context, int64_t done_bytes, int64_t total_bytes);
    void *context;
};

/* The copy that was made. */
struct store_backup {
    int64_t bytes;
    int64_t reports;
    int version; /* of its schema: that of the store */
};

/*
 * Copies the store of an URL, of any schema version up to this program's, to a
 * file that does not exist.
 * Returns: 0, 1 where it was stopped (no file is left), -1 with err (ERR_USAGE:
 * the file exists; ERR_STORE: no store, or the copy is not whole; ERR_SYSTEM).
 */
int store_backup(const char *url, const char *file,
                 const struct store_backup_options *options,
                 struct store_backup *out_backup, struct err *err);

/*
 * Tells which schema version a store has, and which one this program needs; a
 * store opened for writing is brought up to date.
 * Returns: 0, -1 with err.
 */
int store_version(const char *url, int *out_version, int *out_needed,
                  struct err *err);

/* Where the copy of a store with an older schema is put before it is brought up
 * to date. Returns: text, cut to `bytes`. */
const char *store_version_copy(const char *url, int version, char *text,
                               size_t bytes);
