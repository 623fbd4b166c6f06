/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * IP addresses as senders write them.
 *
 * Normalised to dotted decimal or RFC 5952 form; brackets, port, zone, the
 * "IPv6:" prefix and the IPv4-mapped form are understood.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"

enum address_form {
    ADDRESS_PLAIN,      /* an address as it should be */
    ADDRESS_DECORATED,  /* an address after taking something off */
    ADDRESS_NO_ADDRESS, /* a name or other text; kept as it stands */
    ADDRESS_EMPTY       /* nothing */
};

/*
 * Normalises an address field.
 * *out_text gets text in the arena (the address, or the trimmed input), NULL
 * where the field is empty.
 * Returns: the form met, or -1 when out of memory.
 * RFC: 5952; 8460 section 4.4.
 */
int address_normalise(struct arena *arena, struct slice text,
                      const char **out_text);

/*
 * Tells whether text is an IPv4 address in dotted decimal, as most are: then
 * address_normalise would change nothing.
 */
bool address_is_plain(struct slice text);
