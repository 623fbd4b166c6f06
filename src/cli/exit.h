/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The exit statuses of every command.
 *
 * The same five everywhere, so that a script needs to learn them once.
 */

#include "base/err.h"

enum exit_status {
    EXIT_GOOD = 0,     /* done, nothing to complain about */
    EXIT_FINDINGS = 1, /* done, and something in the input was refused or, where
                          asked for, found fault with */
    EXIT_USAGE = 2,    /* the command line makes no sense */
    EXIT_UNKNOWN = 3,  /* could not find out or could not store: try again */
    EXIT_INTERNAL = 4  /* a fault of the program, or out of memory */
};

/* Returns: the enum exit_status of a command that a failure ended; the same kinds
 * of failure have the same one everywhere. */
int exit_of(const struct err *err);
