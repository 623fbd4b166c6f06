/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Slots: a value of the configuration, as its row has it, in its struct.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "cli/config_schema.h"

/*
 * Reads a value and puts it into its slot; in a list, at a free place of it.
 * Strings are copied into the arena.
 * slot: of the key's kind, that is what its offset leads to; in a list, one of
 * its items.
 * Returns: 0, -1 with err: ERR_USAGE goes on behind the name of the key ("is
 * ..., but must be ...").
 */
int config_slot_put(const struct config_key *key, struct arena *arena,
                    const char *value, void *slot, struct err *err);

/*
 * Appends a section's value of a key as it may stand in the file.
 * Returns: whether there is one.
 */
bool config_slot_show(const struct config_key *key, const void *item,
                      struct buffer *out);

/* Gives the items of a key that is a list. Returns: how many. */
size_t config_slot_list(const struct config_key *key, const void *item,
                        const char *const **out_items);

/* Appends a string in double quotes, as it may stand in the file. */
void config_slot_quote(struct buffer *out, const char *text);
