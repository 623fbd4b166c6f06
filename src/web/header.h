/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Header fields that every answer carries.
 *
 * The page runs its own scripts and styles alone, talks to this server alone,
 * and stands in no frame; an answer opened by itself cannot be taken for
 * anything but what it says it is.
 */

#include <stdbool.h>
#include <stddef.h>

struct header {
    const char *name;
    const char *value;
};

/* The fields of every answer, also of refusals; *out_n gets their number. */
const struct header *header_common(size_t *out_n);

/*
 * What Cache-Control says. What a client has it asks for again each time, so
 * that nothing changed is seen late; unless its address names it for good.
 */
const char *header_cache(bool is_lasting);
