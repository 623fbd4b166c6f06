/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Numbers as octets: small ones of either sign are short.
 *
 * The tail and the facts of a report are rows of such numbers, seven bits an
 * octet, the lowest first. For this room alone.
 */

#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum { NUMBERS_BYTES = 10 }; /* of the longest: 64 bits, seven an octet */

/* Appends a number. */
void numbers_put(struct buffer *out, int64_t number);

/* Takes the first number off. Returns: 0, -1 where there is none. */
int numbers_take(struct slice *octets, int64_t *out_number);
