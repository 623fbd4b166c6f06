/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Outline of a message: one cheap pass over its lines before gmime sees it.
 *
 * Counts upwards what makes gmime allocate or descend: header fields, header
 * octets, lines that may be a boundary, enclosed messages. Text that only looks
 * like them counts too, so the figures are bounds and never too low.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

struct outline {
    size_t n_fields;     /* lines that may be header fields */
    size_t n_delimiters; /* lines that may be a boundary */
    size_t n_containers; /* fields that may open a multipart or a message */
    bool has_crlf;       /* a line of the header ends in CR LF */
    bool has_bare_lf;    /* a line of the header ends in LF alone */
    bool is_misspelt;    /* a field is called "ContentType" */
};

/* A walk from line to line: what outline_read keeps between two of them. */
struct outline_walk {
    struct outline outline; /* counted so far */
    size_t block_bytes;     /* of the header block that is being read */
    bool is_header;         /* inside a header block */
    bool is_top;            /* inside the outermost one */
    bool is_type;           /* inside a Content-Type field, folded or not */
    bool has_type;          /* the block has a Content-Type field */
    bool opens_message;     /* the block's type may be that of a message */
    bool has_digest;        /* a multipart/digest was met: parts without a type
                               are messages then (RFC 2046 section 5.1.5) */
};

/* Readies a walk at the first line of a message. */
void outline_begin(struct outline_walk *walk);

/*
 * Takes the next line, without its LF. No limit is looked at.
 * Returns: whether the line belongs to a header field.
 */
bool outline_step(struct outline_walk *walk, struct slice line);

/*
 * Reads the outline of a message and holds it to the limits of mail/limits.h.
 * Returns: 0, -1 with err.
 * Errors: ERR_LIMIT; err.offset is the line that went over.
 */
int outline_read(struct slice message, struct outline *out_outline,
                 struct err *err);
