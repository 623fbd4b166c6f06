/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Host names of an event, and the one in a reply to EHLO.
 *
 * Private to the room. Usual names are in lower case and stay where they are.
 */

#include "base/arena.h"

/*
 * Makes a name one of lower case and A-labels, without root dot.
 * *out gets it, in place or in the arena; NULL where it is none.
 * Returns: 0; -1 when out of memory.
 */
int host_name_clean(struct arena *arena, const char *name, const char **out);

/*
 * As host_name_clean for a pattern of an MTA-STS policy, as served: what is no
 * name is kept as text.
 */
int host_name_pattern(struct arena *arena, const char *name, const char **out);

/*
 * Finds what a server calls itself in its reply to EHLO, with or without codes
 * and further lines: the first word of the first line, as a host name where it
 * is one. What it says besides (addresses, identifiers, greetings) differs from
 * session to session.
 * *out gets it, in place or in the arena; NULL where there is none.
 * Returns: 0; -1 when out of memory.
 * RFC: 5321 section 4.1.1.1 (the domain follows the code).
 */
int host_name_of_reply(struct arena *arena, const char *reply,
                       const char **out);
