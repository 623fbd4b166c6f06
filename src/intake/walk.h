/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Walk: the files that a source argument means.
 *
 * A folder means all regular files below it, in byte order of their full paths;
 * a Maildir means the messages of new/ and cur/ and those of its folders, never
 * tmp/ nor the index files beside them. A folder that is reached twice, by a
 * symbolic link say, is entered once. All paths are gathered before the first is
 * read, so that progress has a whole to be a part of; at 200 octets a path a
 * million files take 200 MB.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

struct intake_walk_entry {
    const char *path;    /* as to be opened; "-" is stdin */
    const char *refused; /* why it cannot be read, NULL where it may be tried */
    int64_t bytes;       /* size when it was seen, 0 where unknown */
};

struct intake_walk {
    struct arena arena; /* paths */
    struct intake_walk_entry *entries;
    size_t n_entries;
    size_t capacity;
    int64_t bytes; /* sum over the entries */
};

/* Readies an empty list. */
void intake_walk_init(struct intake_walk *walk);

/* Frees the list. NULL is allowed. */
void intake_walk_deinit(struct intake_walk *walk);

/*
 * Appends what one argument means. What cannot be opened is an entry with its
 * reason; other than regular files are left out below a folder, but read where
 * the argument itself names one (a pipe).
 * Returns: 0, -1 with err (ERR_MEMORY, ERR_LIMIT).
 */
int intake_walk_add(struct intake_walk *walk, const char *argument,
                    struct err *err);
