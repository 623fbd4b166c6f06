/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Kind: what a file of ours is, and how an older one becomes a newer one.
 *
 * Reports, tallies and outboxes are files of their own with migrations of their
 * own; each has `setting` with the row `change`. For this room alone.
 */

#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct store_kind {
    int application; /* application_id of the file's header */
    const char *const *(*migrations)(size_t *out_n);
    /* The oldest version behind which migrations only added tables that no reader
     * asks for, so that it is read as it is, and brought up to date without a
     * copy; 0 for none. */
    int64_t same_since;
};

/* As store_open, of any kind. Owns: kind is borrowed as long as the handle. */
int store_open_kind(const char *url, enum store_mode mode,
                    const struct clock *clock, const struct store_kind *kind,
                    struct store **out_store, struct err *err);
