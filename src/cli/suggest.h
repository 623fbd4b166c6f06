/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The nearest of some names to a misspelt one.
 */

#include <stddef.h>

/*
 * Counts the single letters to add, drop, change or swap with their neighbour
 * to make one name from the other; names are cut at 63 octets.
 */
unsigned suggest_distance(const char *a, const char *b);

/* The best of the names looked at so far. */
struct suggest {
    const char *wanted;  /* as typed */
    const char *nearest; /* or NULL while none is near enough */
    unsigned distance;   /* of nearest */
};

/* Readies a search for the name nearest to wanted. */
void suggest_init(struct suggest *suggest, const char *wanted);

/* Looks at one name, which must stay valid. */
void suggest_add(struct suggest *suggest, const char *name);
