/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A copy of a report in a folder of the operator, whole or not at all.
 */

#include "base/err.h"
#include "base/slice.h"

/*
 * Writes octets to a file of this name in a folder, durably; one that stands there
 * is replaced. While it is written it has a name that begins with a dot.
 * Returns: 0, -1 with err.
 * Errors: ERR_SYSTEM, ERR_INPUT (a name that leads elsewhere).
 */
int copy_file_write(const char *folder, struct slice name, struct slice octets,
                    struct err *err);
