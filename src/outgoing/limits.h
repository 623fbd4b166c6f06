/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room outgoing, each with its reason.
 */

#include <stddef.h>

enum {
    /* Details of one policy in a report; the rest is folded, by result type. A
     * detail takes some 250 octets, so a policy ends below a MiB. */
    OUTGOING_DETAILS_MAX = 1000,
    /* A report of more policies than this has its next ones in another part. */
    OUTGOING_PART_POLICIES = 500,
    /* JSON of one part; with a gzip of 10 to 1 far below the 10 MB at which
     * receivers stop (R-SND-8). Cut between policies. */
    OUTGOING_PART_BYTES = 4 << 20,
    /* Parts of one report; what is beyond them is an attack on us. */
    OUTGOING_PARTS_MAX = 100,
    /* Level of gzip: 9 makes reports 2 % smaller and takes twice the time. */
    OUTGOING_GZIP_LEVEL = 6,
    /* Targets of a report: ten of the record, and those of rules and copies. */
    OUTGOING_TARGETS_MAX = 100,
    /* Words of the command of a source. */
    OUTGOING_COMMAND_WORDS = 64,
    /* Reports put in one commit, and how long that may take: whoever delivers
     * waits meanwhile. */
    OUTGOING_BATCH_REPORTS = 500,
    OUTGOING_BATCH_MS = 25
};

/* Memory for all that one domain has under one record in a day. */
#define OUTGOING_DRAFT_BYTES ((size_t)128 << 20)

/* Memory for the JSON of one part: a policy more than where it is cut. */
#define OUTGOING_JSON_BYTES ((size_t)64 << 20)

/* Memory for the list of what gets nothing: some 100,000 rows. */
#define OUTGOING_SUPPRESSION_BYTES ((size_t)32 << 20)
