/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Where canonical octets go: into a digest, in few large pieces.
 *
 * Only for this room. Canonicalisation gives words and lines of some ten octets;
 * handing each to the digest would take longer than digesting them.
 */

#include "crypt/digest.h"

enum { DKIM_SINK_BYTES = 4096 };

struct dkim_sink {
    struct digest *digest;
    size_t n_staged;
    char staged[DKIM_SINK_BYTES];
};

/* Readies a sink. Returns: 0, -1 when out of memory. */
int dkim_sink_init(struct dkim_sink *sink);

/* Frees the digest. A sink that is all zero is allowed. */
void dkim_sink_deinit(struct dkim_sink *sink);

/* Adds octets. */
void dkim_sink_add(struct dkim_sink *sink, struct slice octets);

/* Writes the digest and readies the sink for the next one. */
void dkim_sink_finish(struct dkim_sink *sink,
                      unsigned char out[static DIGEST_BYTES]);

/*
 * Adds the words of s with one blank between, and one before the first where
 * blanks or tabs stand there or *gap is set. *gap tells afterwards whether blanks
 * are left over at the end.
 * RFC: 6376 section 3.4.2 and 3.4.4.
 */
void dkim_sink_add_words(struct dkim_sink *sink, struct slice s, bool *gap);
