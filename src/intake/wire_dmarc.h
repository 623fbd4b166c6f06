/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Wire, of DMARC reports: their rows between the reading worker and the rest.
 *
 * Private to the room.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "intake/wire_field.h"
#include "store/dmarc.h"

/* Puts the rows of a DMARC report, or that it is none (NULL). */
void wire_dmarc_put(struct buffer *out, const struct store_dmarc *dmarc);

/*
 * Takes them, and what follows from them: day and sums of `rows`, whose range is
 * there already.
 * Owns: all in arena, or borrowed of the input.
 * Returns: them, NULL where it is no DMARC report or the whole is bad.
 */
const struct store_dmarc *wire_dmarc_take(struct arena *arena,
                                          struct wire_field_input *input,
                                          struct store_report *rows);
