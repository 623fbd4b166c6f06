/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Domain names as values.
 *
 * Kept as A-labels in lower case without root dot, shown in both forms; a name
 * whose U-label mixes scripts is shown as A-label only, because it may imitate
 * another. RFC: 5890 (A-label and U-label), 5891.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/slice.h"

enum {
    DOMAIN_MAX_BYTES = 253, /* RFC 1035 section 2.3.4, without root dot */
    /* Text in the place of a name is cut here: no name in U-labels is longer,
     * and it becomes the key of groups and a cell of tables. */
    DOMAIN_TEXT_MAX_BYTES = 4 * DOMAIN_MAX_BYTES
};

/* What domain_normalise had to do. */
enum domain_change {
    DOMAIN_SAME = 0,
    DOMAIN_FOLDED = 1u << 0,   /* letters were in upper case */
    DOMAIN_ROOT_DOT = 1u << 1, /* one or more trailing dots were dropped */
    DOMAIN_U_LABEL = 1u << 2,  /* U-labels were turned into A-labels */
    DOMAIN_BLANKS = 1u << 3,   /* blanks around it were dropped */
    DOMAIN_BAD = 1u << 4       /* no domain name; kept folded, cut if long */
};

/*
 * Normalises a name: lower case, A-labels, no root dot, no blanks around. What
 * is no name (too long, odd octets) is kept as text in lower case, cut at
 * DOMAIN_TEXT_MAX_BYTES, and marked DOMAIN_BAD; underscores and a leading "*."
 * are taken as they are.
 * out_changes (may be NULL) gets the bits of enum domain_change.
 * Returns: text in the arena, "" for an empty name, NULL when out of memory.
 */
const char *domain_normalise(struct arena *arena, struct slice name,
                             unsigned *out_changes);

/*
 * Tells whether a name is of one to 63 lower-case letters, digits, hyphens and
 * lone dots, as most are: then domain_normalise would change nothing.
 */
bool domain_is_plain(struct slice name);

/*
 * The form to show beside an A-label name.
 * Returns: the U-label form in the arena where `name` holds A-labels (true
 * ones, which the U-label form leads back to) and no label mixes scripts, else
 * `name` itself.
 */
const char *domain_unicode(struct arena *arena, const char *name);
