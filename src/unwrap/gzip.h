/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Gzip and zlib streams, with caps.
 *
 * Inflating stops at the caps of limits.h, whatever the stream claims of itself.
 */

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"

struct gzip_facts {
    unsigned n_members;    /* gzip members joined */
    size_t padding_bytes;  /* octets behind the last member */
};

/*
 * Inflates all members of a gzip stream behind what out already holds. Padding
 * after the end is ignored and counted.
 * Returns: 0; -1 with err (ERR_INPUT: damaged or cut off; ERR_LIMIT: size or
 * ratio cap).
 * RFC: 1952.
 */
int gzip_inflate(struct slice octets, struct buffer *out,
                 struct gzip_facts *out_facts, struct err *err);

/*
 * Deflates as one gzip member, level 1 to 9.
 * Returns: 0, -1 with err.
 */
int gzip_deflate(struct slice octets, int level, struct buffer *out,
                 struct err *err);
