/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Ctrl-C as a flag, for work that has something to finish first.
 */

#include <stdbool.h>

/*
 * From now on the first SIGINT or SIGTERM sets the flag; the second ends the
 * program as it always does.
 */
void interrupt_init(void);

/* Tells whether the work is to stop. */
bool interrupt_is_set(void);
