/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Oracle: what jansson, which nobody here wrote, makes of a JSON text.
 *
 * The library is loaded when asked for first and not linked, because its names
 * and those of the room json are the same.
 */

#include "base/slice.h"

/*
 * out_is_beyond tells whether a number is beyond the types of jansson.
 * Returns: the value compactly, from malloc; NULL where jansson refuses.
 */
char *oracle_dump(struct slice text, bool *out_is_beyond);
