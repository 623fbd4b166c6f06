/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Valgrind runs a program in one of its own, which needs more than a confined
 * process has.
 */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Tells whether the test runs under valgrind. */
static inline bool is_under_valgrind(void)
{
    const char *preload = getenv("LD_PRELOAD");

    return preload && strstr(preload, "vgpreload");
}
