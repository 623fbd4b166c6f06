/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Numbers for people.
 */

#include <stdint.h>

enum { NUMBER_TEXT_BYTES = 48 };

/* Writes a count with a comma every three digits. Returns: text. */
const char *number_count(int64_t count, char text[static NUMBER_TEXT_BYTES]);

/*
 * Writes part of whole in percent, so that a little is not 0 and not quite all
 * is not 100: "0.003 %", "99.99 %", "<0.001 %"; "-" where whole is 0.
 * Returns: text.
 */
const char *number_share(int64_t part, int64_t whole,
                         char text[static NUMBER_TEXT_BYTES]);

/* "s" behind a noun, but for exactly one. */
static inline const char *number_plural(int64_t count)
{
    return count == 1 ? "" : "s";
}
