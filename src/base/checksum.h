/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Checksum: FNV-1a of 64 bits, over octets that come in pieces.
 *
 * It tells damage and change, and is no guard against malice: for that there is
 * crypt/digest.h. Its values stand in files (batches of a tally, positions in an
 * mbox, stamps of files), so it gives the same tomorrow and on any machine.
 * Workload: a few dozen octets a file that is looked at, some 100 KB a second of a
 * busy collector.
 */

#include <stdint.h>

#include "base/slice.h"

/* The checksum of no octets, to begin with. */
#define CHECKSUM_NONE UINT64_C(0xcbf29ce484222325)

/* Adds octets to a checksum. Returns: that of what it was of and of them. */
uint64_t checksum_add(uint64_t checksum, struct slice octets);

/* Adds a number, as eight octets, the lowest first. Returns: as checksum_add. */
uint64_t checksum_add_number(uint64_t checksum, uint64_t number);
