/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Worst: what fails most of a domain.
 */

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

/*
 * Finds the key with the most failures of a breakdown by result type or MX, for
 * a domain (NULL = all) in a range.
 * Owns: *out_key is in the arena; NULL where nothing failed.
 * Returns: 0, -1 with err.
 */
int insight_worst_find(struct store *store, enum store_dimension dimension,
                       const char *domain, struct store_range range,
                       struct arena *arena, const char **out_key,
                       struct err *err);
