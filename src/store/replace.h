/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Replace: the rows of a report that is read anew. For this room alone.
 */

#include "store/stale.h"

/*
 * Writes the rows that hang on a stored report; it and the sums are left to the
 * caller.
 * Returns: 0 with the number of its organisation, -1 with err.
 */
int replace_rows(struct store *store, const struct store_report *report,
                 int64_t id, enum store_standing standing,
                 int64_t *out_organization_id, struct err *err);
