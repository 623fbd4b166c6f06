/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "cli/exit.h"

int exit_of(const struct err *err)
{
    switch (err->kind) {
    case ERR_USAGE: return EXIT_USAGE;
    case ERR_NONE: /* a failure that says nothing is one of ours */
    case ERR_MEMORY: return EXIT_INTERNAL;
    default: return EXIT_UNKNOWN;
    }
}
