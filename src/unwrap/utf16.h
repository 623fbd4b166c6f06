/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * UTF-16 to UTF-8.
 *
 * For texts of .NET senders that begin with a byte order mark. Lone surrogates
 * and a last odd octet become U+FFFD. RFC: 2781.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { UTF16_MOST_BYTES = 4 /* of UTF-8 for one character */ };

/*
 * Tells whether octets begin with a UTF-16 byte order mark (FF FE or FE FF, but
 * not that of UTF-32).
 */
bool utf16_has_mark(struct slice octets);

/*
 * Appends text, which begins with a byte order mark, as UTF-8 without it.
 * buffer_add's sticky failure tells when out is full.
 */
void utf16_convert(struct slice text, struct buffer *out);
