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
#include "dmarc/dmarc.h"

/* What is the matter with an address, worst first. */
enum insight_sender_case {
    INSIGHT_SENDER_UNKNOWN, /* fails, and nothing it shows passed */
    INSIGHT_SENDER_BROKEN,  /* fails with a signature of the domain itself */
    INSIGHT_SENDER_OTHER,   /* fails, but passed as another domain */
    INSIGHT_SENDER_STRICT,  /* fails, but passed as a relative of the domain */
    INSIGHT_SENDER_DNS,     /* fails for an error in the DNS */
    INSIGHT_SENDER_SILENT,  /* fails, and the report does not say why */
    INSIGHT_SENDER_FORWARDED, /* fails, and the receiver knew it forwards */
    INSIGHT_SENDER_NO_DKIM,   /* passes by SPF alone */
    INSIGHT_SENDER_NO_SPF,    /* passes by DKIM alone */
    INSIGHT_SENDER_WELL,      /* passes by both */
    INSIGHT_SENDER_CASE_COUNT
};

struct insight_sender {
    const char *address; /* source_ip, "" where the report has none */
    int64_t messages;    /* sums over its records, saturating */
    int64_t dkim_pass;
    int64_t spf_pass;
    int64_t dmarc_pass;
    int64_t quarantined;
    int64_t rejected;
    size_t n_records;
    enum insight_sender_case worst;    /* of its records with any messages */
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

/* What is the matter with the messages of one record. */
enum insight_sender_case insight_sender_judge(
    const struct dmarc_report *report, const struct dmarc_record *record);

/* Tells whether a case means that messages fail without an excuse. */
bool insight_sender_is_trouble(enum insight_sender_case which);

/* What a case means, and what to do: sentences; "" where nothing is. */
const char *insight_sender_meaning(enum insight_sender_case which);
const char *insight_sender_fix(enum insight_sender_case which);

/*
 * Appends what the policy published makes of all this, and which step it allows
 * next: one paragraph.
 */
void insight_sender_add_policy(struct buffer *buffer,
                               const struct dmarc_report *report);
