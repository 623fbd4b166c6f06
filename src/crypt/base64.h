/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Base64: read as gateways leave it, written as it should be.
 *
 * Strict decoding loses reports: lines are joined or padded with blanks, empty
 * lines come in between, the padding goes missing. All of that is decoded and
 * told. RFC 2045 section 6.8: octets outside the alphabet are ignored.
 */

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

enum base64_oddity {
    BASE64_LONG_LINE = 1u << 0,  /* a line of more than 76 characters */
    BASE64_BLANKS = 1u << 1,     /* blanks, or empty lines between data */
    BASE64_NO_PADDING = 1u << 2, /* ends without the "=" that is due */
    BASE64_FOREIGN = 1u << 3     /* other octets, or text behind the end */
};

/* Room that decoding `len` octets may need. */
static inline size_t base64_room(size_t len)
{
    return len / 4 * 3 + 3;
}

/*
 * Decodes text into out, which has room for base64_room(text.len) octets and
 * does not overlap text.
 * out_oddities gets the bits of enum base64_oddity.
 * Returns: octets written.
 * RFC: 2045 section 6.8.
 */
size_t base64_decode(struct slice text, char *out, unsigned *out_oddities);

/*
 * Appends octets as base64, padded.
 * per_line: characters a line, a multiple of 4 (76 at most in mail), with
 * line_end between lines and none behind the last; 0 for a single line.
 * RFC: 2045 section 6.8.
 */
void base64_encode(struct slice octets, size_t per_line, const char *line_end,
                   struct buffer *out);
