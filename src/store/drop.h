/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Drop: taking stored things out again, inside a batch. For this room alone.
 *
 * What is dropped is gone from every sum and list in the same transaction. Raw
 * octets go with the last thing that needs them.
 */

#include <stdint.h>

#include "base/err.h"

struct store;

/* What was taken out. */
struct drop_counts {
    int64_t reports;
    int64_t quarantined;
    int64_t raws;
    int64_t raw_bytes; /* as they stood in the file */
};

/*
 * Drops a report with all that hangs on it, and where it stands under its key
 * those that conflict with it.
 * Returns: 0, 1 where there is none, -1 with err.
 */
int drop_report(struct store *store, int64_t id, struct drop_counts *counts,
                struct err *err);

/* As drop_report; what conflicts with it stays. */
int drop_alone(struct store *store, int64_t id, struct drop_counts *counts,
               struct err *err);

/* Counts what was dropped of a source, for store_each_dropped.
 * Returns: 0, -1 with err. */
int drop_count(struct store *store, const char *source, int64_t n,
               struct err *err);

/* Drops the rows that hang on a report, and neither the report itself nor what
 * it adds to the sums. Returns: 0, -1 with err. */
int drop_rows(struct store *store, int64_t id, struct err *err);

/* Drops an entry of the quarantine. Returns: 0, 1 where there is none, -1. */
int drop_quarantined(struct store *store, int64_t id,
                     struct drop_counts *counts, struct err *err);

/* Drops a raw that neither a report nor the quarantine needs.
 * Returns: 0, -1 with err. */
int drop_raw(struct store *store, int64_t raw_id, struct drop_counts *counts,
             struct err *err);

/* Drops the octets of a raw, and keeps its hash for the reports it is of.
 * Returns: 0, -1 with err. */
int drop_octets(struct store *store, int64_t raw_id, struct drop_counts *counts,
                struct err *err);
