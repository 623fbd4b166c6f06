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
