/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Sender: what a DMARC report says of one address that sent in a domain's name.
 *
 * Reporters write a record for each way in which messages of an address fared;
 * people want each address once, the worst first, and to know whether it is
 * theirs to mend. Workload: three addresses (usual), 100,000 in the largest
 * reports.
 */

#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/err.h"
#include "dmarc/case.h"

struct insight_sender {
    const char *address; /* source_ip, "" where the report has none */
    int64_t messages;    /* sums over its records, saturating */
    int64_t dkim_pass;
    int64_t spf_pass;
    int64_t dmarc_pass;
    int64_t quarantined;
    int64_t rejected;
    size_t n_records;
    enum dmarc_case worst;             /* of its records with any messages */
    const struct dmarc_record *record; /* with that case, most messages */
};

/*
 * Joins the records of a report by address: worst case first, of one case most
 * failing messages first, then most messages.
 * Owns: senders live in arena and point into the report.
 * Returns: 0, -1 with err (ERR_MEMORY, ERR_LIMIT).
 */
int insight_sender_all(const struct dmarc_report *report, struct arena *arena,
                       struct insight_sender **out_senders, size_t *out_n,
                       struct err *err);

/* What a case means, and what to do: sentences; "" where nothing is. */
const char *insight_sender_meaning(enum dmarc_case which);
const char *insight_sender_fix(enum dmarc_case which);

/*
 * Appends what the policy published makes of all this, and which step it allows
 * next: one paragraph.
 */
void insight_sender_add_policy(struct buffer *buffer,
                               const struct dmarc_report *report);
