/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Lock file: one process alone does something, and the next one is told who.
 *
 * A lock of the open file, which ends with the descriptor however the process
 * ends. The file stays: whoever removed it could let in two.
 */

#include <sys/types.h>

#include "base/err.h"

/*
 * Takes the lock of an open file (for writing), without waiting; whoever opens it
 * once more can take it where nobody holds it.
 * Returns: 0 until the descriptor is closed; 1 where another has it; -1 with
 * errno, also where the file system has no locks.
 */
int lock_file_hold(int fd);

/*
 * Takes the lock of a file, which is made (mode 0600) where it is missing, and
 * writes into it who has it.
 * *out_fd gets a descriptor that holds it until it is closed.
 * Returns: 0; 1 where another has it, whose process *out_holder gets (0 where
 * that cannot be told); -1 with err (ERR_SYSTEM).
 */
int lock_file_take(const char *path, int *out_fd, pid_t *out_holder,
                   struct err *err);
