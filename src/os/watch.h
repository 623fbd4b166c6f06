/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Watch: being told of files that appear in folders (inotify).
 *
 * One descriptor for any number of folders. A file is told of when who wrote it
 * closes it, or when it is moved in; what is told is a hint that nobody may
 * rely on: after an overflow, or where a file system tells nothing (NFS), only
 * looking through the folder finds what is there. Events that are not taken
 * wait in the kernel, 16384 by default.
 */

#include "base/err.h"

struct watch;

enum watch_kind {
    WATCH_ARRIVED, /* a file is complete */
    WATCH_GONE,    /* the folder was removed or moved; its number is void */
    WATCH_OVERFLOW /* some were lost, of any folder */
};

struct watch_event {
    enum watch_kind kind;
    int folder;       /* as watch_add gave it; -1 for WATCH_OVERFLOW */
    const char *name; /* of the file, without folder; valid until watch_next */
};

/* Readies a watch of no folder. Returns: 0, -1 with err. */
int watch_open(struct watch **out_watch, struct err *err);

/* Closes the watch. NULL is allowed. */
void watch_close(struct watch *watch);

/* A descriptor that can be read when watch_next has something. Borrowed. */
int watch_descriptor(const struct watch *watch);

/*
 * Watches a folder. The same folder again, by whatever path, has the same
 * number.
 * Returns: 0, -1 with err (ERR_SYSTEM).
 */
int watch_add(struct watch *watch, const char *path, int *out_folder,
              struct err *err);

/*
 * Takes the next event without waiting.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int watch_next(struct watch *watch, struct watch_event *out_event,
               struct err *err);
