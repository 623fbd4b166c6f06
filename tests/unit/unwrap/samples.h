/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Samples for the tests of unwrap: containers made in memory, and what
 * unwrap_each says of them as one line of text.
 */

#include "base/buffer.h"
#include "base/slice.h"

/* A report as small as it can be. */
#define SAMPLE_JSON "{\"report-id\":\"1\",\"policies\":[]}"

/* Appends octets as one gzip member. */
void sample_gzip(struct buffer *out, struct slice octets);

/* Appends octets as base64 in lines of `width` characters (0: one line). */
void sample_base64(struct buffer *out, struct slice octets, size_t width);

struct sample_entry {
    const char *name;
    struct slice octets;
    unsigned flags;  /* of the general purpose bit flag: 1 is encrypted */
    unsigned method; /* 0 stored, 8 deflated, others are made as stored */
};

/* Appends a zip archive of n entries. */
void sample_zip(struct buffer *out, const struct sample_entry *entries,
                size_t n);

/* Appends a little-endian number of n octets. */
void sample_number(struct buffer *out, size_t value, unsigned n);

/*
 * Opens octets by unwrap_each and appends for each candidate
 * "NAME:TEXT[CODE@PLACE CODE@PLACE];" or "NAME!REASON[...];", NAME "-" where
 * there is none. Fails the test where unwrap_each fails.
 */
void sample_unwrap(struct buffer *out, struct slice octets, const char *name);
