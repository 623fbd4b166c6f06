/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Gzip streams, with caps.
 *
 * Inflating stops at the caps of limits.h, whatever the stream claims of itself.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"

struct gzip_facts {
    unsigned n_members;    /* gzip members joined */
    size_t padding_bytes;  /* octets behind the last member */
    bool is_blank_padding; /* they are zeros, blanks and line ends only */
    struct slice name;     /* FNAME of the first member, Latin-1, within the
                             input; empty where it has none */
};

/*
 * Inflates all members of a gzip stream behind what out already holds. What
 * stands behind the last member is ignored and counted. out->max_bytes is the
 * size cap; the ratio cap of limits.h holds beside it.
 * Returns: 0; -1 with err (ERR_INPUT: damaged or cut off; ERR_LIMIT: size or
 * ratio cap; ERR_MEMORY). out holds a part of the output then.
 * RFC: 1952.
 */
int gzip_inflate(struct slice octets, struct buffer *out,
                 struct gzip_facts *out_facts, struct err *err);

/*
 * Deflates as one gzip member, level 1 to 9, behind what out already holds. The
 * same octets give the same stream: no name, no time.
 * Returns: 0, -1 with err (ERR_MEMORY, ERR_LIMIT: over out->max_bytes); then out
 * is as it was.
 */
int gzip_deflate(struct slice octets, int level, struct buffer *out,
                 struct err *err);

/*
 * Inflates what gzip_deflate made of `bytes` octets, behind what out already
 * holds, without the caps for what strangers deflate.
 * Returns: 0, -1 with err (ERR_INPUT: damaged; ERR_LIMIT: over out->max_bytes).
 */
int gzip_restore(struct slice octets, size_t bytes, struct buffer *out,
                 struct err *err);
