/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Zip archives, with caps: their files, stored or deflated.
 *
 * libzip works behind this door. Its directory is held to limits.h before it
 * sees the archive, because it allocates what a directory claims.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"

struct zip_part {
    unsigned number;       /* 1 for the first entry of the directory */
    const char *name;      /* as stored, valid during the call */
    struct buffer *octets; /* its content, may be changed or taken over */
    const char *refused;   /* why it could not be read, NULL where it could */
    bool is_limit;         /* ... because of a limit of ours */
};

/*
 * Called for each entry that is a file of its own: neither a folder nor what
 * macOS keeps beside each file.
 * Returns: 0 to go on, anything else to stop; zip_each returns it.
 */
typedef int zip_function(void *context, const struct zip_part *part,
                         struct err *err);

/*
 * Reads the files of an archive, at most UNWRAP_MAX_ZIP_FILES of them.
 * octets_left: inflated octets still allowed; what was read is taken off.
 * Returns: 0; what `function` returned; -1 with err.
 * Errors: ERR_INPUT (no readable archive), ERR_LIMIT (what its directory
 * claims, or more files than are read, after the first ones), ERR_MEMORY. What
 * is wrong with one entry is its `refused`.
 */
int zip_each(struct slice octets, size_t *octets_left, zip_function *function,
             void *context, struct err *err);
