/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Fail: malloc, calloc and realloc that fail when told (linked by --wrap).
 *
 * Only calls from our own objects come here, not those within libraries.
 */

#include <stdbool.h>
#include <stddef.h>

/* From now on the n-th allocation fails, and only that; 0: none does. */
void fail_begin(size_t n);

/* Ends it. Returns: whether an allocation has failed. */
bool fail_end(void);

/* Objects allocated and not freed since fail_begin. */
long fail_live(void);
