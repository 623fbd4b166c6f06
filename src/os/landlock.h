/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Landlock: the kernel's own bounds for a process that has no privileges.
 *
 * By raw system calls, as the C library has none. A kernel that is older than an
 * access right knows nothing of it and would refuse the whole, so only what its
 * version knows is asked for.
 */

#include "base/err.h"

/*
 * Takes every access to files from the calling thread and what it will start:
 * open, make, remove, run; where the kernel can, TCP, abstract sockets and
 * signals to others, too. What is open stays usable. Needs PR_SET_NO_NEW_PRIVS.
 * out_version: of the kernel's interface, from 1; 0 where it has none.
 * Returns: 0, -1 with err (ERR_SYSTEM).
 */
int landlock_forbid_all(int *out_version, struct err *err);
