/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Digests of a message body, canonicalised for DKIM.
 *
 * Simple: empty lines at the end make no difference. Relaxed: nor do how many
 * blanks there are, nor any at line ends. A bare LF counts as the CRLF that it
 * was when the mail was on its way. One pass, whatever is wanted.
 * RFC: 6376 section 3.4.3 and 3.4.4.
 */

#include "base/slice.h"
#include "crypt/digest.h"

enum dkim_canon { DKIM_SIMPLE, DKIM_RELAXED, DKIM_CANON_COUNT };

/*
 * Computes the digests of the canonicalisations whose bits (1u << DKIM_SIMPLE,
 * 1u << DKIM_RELAXED) are set in `wanted`; the others of out are left alone.
 * Returns: 0, -1 when out of memory.
 */
int dkim_body_digest(struct slice body, unsigned wanted,
                     unsigned char out[static DKIM_CANON_COUNT][DIGEST_BYTES]);
