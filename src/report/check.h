/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Check: a report looked at as a whole, after it has been read.
 *
 * Private to the room.
 */

#include "report/reading.h"

/*
 * Notes what only shows when all is read: range, sums, policies listed twice,
 * sessions counted twice. Swaps a range that ends before it starts.
 * Returns: 0, -1 when out of memory.
 */
int check_report(struct reading *reading, const struct place *place);
