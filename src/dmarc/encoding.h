/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Encoding: any octets made into UTF-8 that an XML reader takes.
 *
 * Reports declare encodings that they do not have and hold octets that no
 * encoding explains. What is UTF-8 is read as that, whatever is declared; what
 * is not is taken for the Windows-1252 or ISO 8859-1 it declares, or replaced.
 * Nearly all texts need no change and are not copied. Private to the room.
 */

#include "base/buffer.h"
#include "base/slice.h"

/* What encoding_read met. */
enum encoding_oddity {
    ENCODING_WRONG = 1u << 0,   /* another encoding is declared than it has */
    ENCODING_BAD = 1u << 1,     /* octets were converted or replaced */
    ENCODING_CONTROL = 1u << 2, /* control characters were replaced */
};

/*
 * The encoding that an XML declaration at the start of text names.
 * Returns: the name within text, the empty slice where there is none.
 * RFC: XML 1.0 section 4.3.3.
 */
struct slice encoding_declared(struct slice text);

/*
 * Gives text as UTF-8 without characters that XML forbids (XML 1.0 section 2.2).
 * declared: as encoding_declared gives it. was_utf16: text was UTF-16 before.
 * buffer: gets the text where it must change.
 * *out_text: text itself, or buffer's content. *out_oddities: enum
 * encoding_oddity.
 * Returns: 0; -1 where the buffer failed.
 */
int encoding_read(struct slice text, struct slice declared, bool was_utf16,
                  struct buffer *buffer, struct slice *out_text,
                  unsigned *out_oddities);
