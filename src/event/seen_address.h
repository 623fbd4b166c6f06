/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Addresses of an event, as the receiving side has seen them.
 *
 * Private to the room. RFC: 8460 section 4.4; R-REP-25 and R-REP-26.
 */

#include "base/arena.h"

struct event_cleaning;

/*
 * Makes an address one as RFC 5952 writes it.
 * *out gets it, in place or in the arena; NULL where it is none.
 * Returns: 0; -1 when out of memory.
 */
int seen_address_clean(struct arena *arena, const char *text, const char **out);

/*
 * What the receiving side saw of a sending-mta-ip that is clean.
 * Returns: the address itself; what `options` maps it to; NULL where it is known
 * inside a network alone.
 */
const char *seen_address_from(const char *address,
                              const struct event_cleaning *options);
