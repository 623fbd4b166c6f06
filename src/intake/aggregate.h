/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Aggregate: a candidate text read as DMARC reports.
 *
 * What unwrap finds odd is so by the rules for TLS reports. Of a DMARC report
 * some of that is right (a zip is common, the media types are others), so its
 * findings are looked through first. Private to the room.
 */

#include "dmarc/dmarc.h"
#include "unwrap/unwrap.h"

/*
 * Reads a candidate that is XML. Its findings become those of a DMARC report's
 * containers.
 * Owns: all in out_list lives in arena.
 * Returns: as dmarc_read.
 */
int aggregate_read(struct arena *arena, struct unwrap_candidate *candidate,
                   struct dmarc_list *out_list, struct err *err);
