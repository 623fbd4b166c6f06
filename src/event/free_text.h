/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Free text of an event: one line, printable, of bounded length.
 *
 * Private to the room. Usual texts are plain ASCII and stay where they are.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

/*
 * Cleans a text: controls and line ends become blanks, noncharacters U+FFFD
 * (RFC 7493 section 2.1), blanks at both ends go, and what is beyond max_bytes.
 * *out gets the text, in place or in the arena; NULL where nothing is left.
 * Returns: 0; -1 when out of memory.
 */
int free_text_clean(struct arena *arena, struct slice text, size_t max_bytes,
                    const char **out);
