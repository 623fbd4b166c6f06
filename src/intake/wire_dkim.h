/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The signatures of a mail as fields of a message; see wire.h.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "intake/wire_field.h"

struct dkim;

/* Puts the signatures of a mail, or that there is none (NULL). */
void wire_dkim_put(struct buffer *out, const struct dkim *dkim);

/*
 * Takes the signatures of a mail. What DNS would be asked for is made here from
 * what was taken, so that it is the name of a key and nothing else.
 * Returns: them; NULL where there is none, where the input is bad, and where the
 * arena is full.
 */
const struct dkim *wire_dkim_take(struct arena *arena,
                                  struct wire_field_input *input);
