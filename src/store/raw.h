/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Raw octets as they stand in the table `raw`. For this room alone.
 */

#include <sqlite3.h>

#include "base/buffer.h"
#include "base/err.h"

struct store;

/* How octets stand in the table. Stored: never renumber. */
enum raw_encoding {
    RAW_PLAIN = 0,
    RAW_GZIP = 1,
    RAW_GONE = 2 /* dropped by age; hash and size are kept */
};

/*
 * Appends the octets of a row (octets, encoding, bytes) as they came in.
 * Returns: 0, 1 where they are gone, -1 with err.
 */
int raw_unpack(struct store *store, sqlite3_stmt *row, struct buffer *out,
               struct err *err);
