/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * URI: a reference taken apart, strictly, without a copy.
 *
 * What is no URI is told with the octet where it ends being one. Nothing is
 * decoded but by uri_decode. RFC: 3986 appendix A.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

struct uri {
    struct slice scheme;    /* without the colon */
    bool has_authority;     /* there is "//" */
    struct slice user;      /* before the "@"; ptr NULL where there is none */
    struct slice host;      /* with the brackets of an IP literal */
    struct slice port;      /* digits; ptr NULL where there is no colon */
    struct slice path;      /* may be empty */
    struct slice query;     /* behind the "?"; ptr NULL where there is none */
    struct slice reference; /* what stands between authority and "#" */
};

/*
 * Takes a URI apart.
 * *out_fault gets the octet where it is none, on return 1.
 * Returns: 0; 1 where text is no URI.
 */
int uri_parse(struct slice text, struct uri *out_uri, size_t *out_fault);

/* Appends a part with its percent codes undone. */
void uri_decode(struct slice part, struct buffer *buffer);

/* Appends text as a part of a URI: what is not unreserved, nor a `+`, as codes.
 * RFC: 3986 section 2.1. */
void uri_encode(struct slice text, struct buffer *buffer);

/*
 * Appends a part in the form that equal ones share: codes of letters, digits
 * and `-._~,!;` undone, other codes in upper case. The last three a record has
 * to encode. RFC: 3986 section 6.2.2, 8460 section 3.
 */
void uri_canonical(struct slice part, struct buffer *buffer);
