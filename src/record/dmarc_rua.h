/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * rua of a DMARC record: where a domain wants its aggregate reports.
 *
 * Of the TXT record of _dmarc.domain only this is asked. Workload: one record a
 * domain and day.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "record/tlsrpt_destination.h"

/*
 * Tells whether the one record of a set that begins with v=DMARC1 names a
 * destination. More than one such record count as none. A size limit ("!10m")
 * is passed over.
 * Returns: 0; -1 with err (ERR_MEMORY, ERR_LIMIT of the arena).
 * RFC: 7489 sections 6.2 and 6.6.3.
 */
int dmarc_rua_names(struct arena *arena, const struct slice *texts, size_t n,
                    const struct tlsrpt_destination *destination,
                    bool *out_is_named, struct err *err);
