/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Organisational domain: the one label below a public suffix.
 *
 * mail.example.co.uk belongs to example.co.uk, which is registered below the
 * public suffix co.uk. By the Public Suffix List that is built into libpsl, its
 * private part included, so that customers of one host are told apart; no file
 * is opened. A suffix that the list does not know has one label. RFC: 7489
 * section 3.2.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * Finds the organisational domain of a name, which may hold U-labels.
 * *out_domain gets it as A-labels in lower case, in the arena; NULL where there
 * is none: for a public suffix, a single label, an IP address, and for what is
 * no name.
 * Returns: 0; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 */
int organisation_find(struct arena *arena, struct slice name,
                      const char **out_domain, struct err *err);

enum organisation_alignment {
    ORGANISATION_APART,   /* neither */
    ORGANISATION_RELAXED, /* both have the same organisational domain */
    ORGANISATION_SAME     /* both are the same name */
};

/*
 * Tells how two domains are aligned. IP addresses and what is no name never
 * are, not even to themselves.
 * Returns: 0; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 * RFC: 7489 section 3.1.
 */
int organisation_compare(struct arena *arena, struct slice a, struct slice b,
                         enum organisation_alignment *out_alignment,
                         struct err *err);
