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

/*
 * Reads the outline of a message and holds it to the limits of mail/limits.h.
 * Returns: 0, -1 with err.
 * Errors: ERR_LIMIT; err.offset is the line that went over.
 */
int outline_read(struct slice message, struct outline *out_outline,
                 struct err *err);
