/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The locks of an mbox, as mail programs take them to read it.
 *
 * fcntl on the file, and FILE.lock beside it where the folder lets us make one.
 * Held for milliseconds. FILE.lock appears whole, and is locked as long as it is
 * held, so one that a killed one of us left is told by that, and removed; that of
 * another program never is, but after five minutes it is passed over, as reading
 * harms nobody.
 */

#include "base/err.h"
#include "base/utc.h"

struct folder_lock {
    int fd;          /* of the mbox, borrowed */
    int file_fd;     /* of FILE.lock, -1 without; holds a lock of its own, which
                    ends with the process */
    char path[4096]; /* of FILE.lock */
};

/*
 * Locks an open mbox for reading, without waiting.
 * Returns: 0; 1 where another program holds it; -1 with err.
 */
int folder_lock_take(struct folder_lock *lock, int fd, const char *path,
                     utc_time now, struct err *err);

/* Gives it back. */
void folder_lock_release(struct folder_lock *lock);
