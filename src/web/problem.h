/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Problem documents: how the server says no (RFC 9457).
 */

#include "base/buffer.h"

/* The media type of a problem document. */
extern const char problem_media_type[];

/*
 * Writes {"type":"about:blank","title":...,"status":...,"detail":...}.
 * detail: a sentence that says what to do, without trailing stop.
 * RFC: 9457 section 3.
 */
void problem_write(struct buffer *buffer, unsigned status, const char *detail);

/* What was found in an input; what is "" is left out. */
struct problem_finding {
    const char *code;  /* of docs/findings.md */
    const char *where; /* the place in the input */
    const char *rfc;   /* the section that it departs from */
};

/*
 * As problem_write, with the members "code", "where" and "rfc" behind them.
 * RFC: 9457 section 3.2.
 */
void problem_write_finding(struct buffer *buffer, unsigned status,
                           const char *detail,
                           const struct problem_finding *finding);
