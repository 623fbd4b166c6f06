/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Destination: a mail address or an HTTPS endpoint that reports go to.
 *
 * In a form that can be compared, because a report counts for a domain whose
 * record names the place that it came in by. RFC: 8460 section 3, 6068.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum tlsrpt_scheme { TLSRPT_MAILTO, TLSRPT_HTTPS, TLSRPT_SCHEME_COUNT };

struct tlsrpt_destination {
    enum tlsrpt_scheme scheme;
    const char *uri;   /* as it was written */
    const char *local; /* mailto: before the "@", percent codes undone */
    const char *host;  /* domain or host as A-labels, or an address */
    unsigned port;     /* https */
    const char *path;  /* https: path and query as uri_canonical has them */
};

/* Why a text is no destination. */
enum tlsrpt_destination_fault {
    TLSRPT_DESTINATION_FINE,
    TLSRPT_DESTINATION_NO_URI,
    TLSRPT_DESTINATION_SCHEME, /* neither mailto nor https */
    TLSRPT_DESTINATION_MAILTO, /* not one usable address */
    TLSRPT_DESTINATION_HTTPS   /* no usable host or port, or a user */
};

/*
 * Reads a URI. What stands behind the "?" of a mailto, and any fragment, is left
 * out. *out_fault gets the octet where text is no URI, else 0.
 * Owns: all of *out_destination lives in the arena.
 * Returns: 0; a positive enum tlsrpt_destination_fault; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 */
int tlsrpt_destination_read(struct arena *arena, struct slice text,
                            struct tlsrpt_destination *out_destination,
                            size_t *out_fault, struct err *err);

/*
 * Writes a mail address, as an envelope has it, as the URI that means it.
 * out_uri gets "" where there is no "@" or not room for all of it.
 * RFC: 6068 section 2.
 */
void tlsrpt_destination_format_mailto(const char *address, char *out_uri,
                                      size_t out_bytes);

/*
 * Tells whether two are the same place. Local parts, domains and hosts count
 * without regard to case, paths by their octets, ports with their default. RFC
 * 5321 lets a host tell local parts apart by case, but none does, and a relay
 * may have folded the recipient that is held against a record.
 */
bool tlsrpt_destination_equal(const struct tlsrpt_destination *a,
                              const struct tlsrpt_destination *b);
