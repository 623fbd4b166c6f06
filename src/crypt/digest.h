/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Digests: SHA-256 over octets that come in pieces.
 *
 * The name of a raw input in the store, the key and the content hash of a
 * report. Workload: one or two a report, 1 to 10 KB each.
 */

#include <stddef.h>

#include "base/slice.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65 };

struct digest;

/* Makes a SHA-256 computation. Returns: it, or NULL when out of memory. */
struct digest *digest_new(void);

/* Frees it. NULL is allowed. */
void digest_free(struct digest *digest);

/* Adds octets. */
void digest_add(struct digest *digest, struct slice octets);

/* Writes the digest and readies the computation for the next input. */
void digest_finish(struct digest *digest,
                   unsigned char out[static DIGEST_BYTES]);

/* The digest of one piece. Returns: 0, -1 when out of memory. */
int digest_compute(struct slice octets, unsigned char out[static DIGEST_BYTES]);

/* Writes lower-case hex and a NUL. Returns: text. */
const char *digest_format(const unsigned char digest[static DIGEST_BYTES],
                          char text[static DIGEST_HEX_BYTES]);
