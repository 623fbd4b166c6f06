/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Ring: the latest malformed datagrams, as files in a folder.
 *
 * So many files, the newest in place of the oldest, so that whoever looks finds
 * what came, and no flood of them fills the disk.
 */

#include <stddef.h>

#include "base/err.h"

enum { RING_PATH_BYTES = 4200 };

struct ring {
    const char *folder;           /* borrowed; NULL: none is kept */
    unsigned next;                /* number of the next file */
    char newest[RING_PATH_BYTES]; /* path of what was kept last; "": none */
};

/* Readies a ring, whose folder may not exist yet. What is in it from before stays
 * the longer the newer it is. */
void ring_init(struct ring *ring, const char *folder);

/*
 * Keeps octets in the next file, making the folder where it is missing (mode
 * 0700).
 * Returns: 0, -1 with err (ERR_SYSTEM); without a folder 0.
 */
int ring_put(struct ring *ring, const char *octets, size_t bytes,
             struct err *err);
