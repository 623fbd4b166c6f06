/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Domain line: a domain as a line of a list and an argument of a command.
 *
 * What is no domain is not told and not asked for: a line that a stranger wrote
 * would otherwise become words of a command that ssh hands to a shell.
 */

#include <stdbool.h>

#include "base/slice.h"

/* Tells whether a domain is of lower-case letters, digits, "-", "_" and ".",
 * with no "-" or "." first, and at most as long as a name may be. */
bool domain_line_is_sound(struct slice domain);
