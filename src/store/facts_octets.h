/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Facts as octets, the one place where a report's facts are kept.
 *
 * An octet says the version, then numbers follow (see numbers.h): organisation
 * and day, subjects, shares and policies, each behind their count. The same
 * facts give the same octets. Some 60 octets a report. For this room alone.
 */

#include "base/arena.h"
#include "base/buffer.h"
#include "store/facts.h"

/* What a report may take: SQLite takes a value of 1 GB at most. */
#define FACTS_OCTETS_MAX ((size_t)512 << 20)

/* Appends the octets of facts. */
void facts_octets_write(const struct facts *facts, struct buffer *out);

/*
 * Reads octets to the last one.
 * Owns: rows live in the arena, texts in the octets.
 * Returns: 0, 1 where they are damaged, -1 when out of memory.
 */
int facts_octets_read(struct slice octets, struct arena *arena,
                      struct facts *out_facts);
