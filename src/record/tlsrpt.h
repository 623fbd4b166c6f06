/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * TLSRPT record: the TXT record of _smtp._tls.domain, which says where reports
 * about a domain are wanted.
 *
 * Read exactly as the grammar says, each fault with the octet where it is;
 * destinations come out in a form that can be compared. Workload: one record
 * of some 60 octets a domain and day. RFC: 8460 section 3.
 */

#include <stdbool.h>

#include "base/err.h"
#include "base/finding.h"
#include "base/slice.h"
#include "record/tlsrpt_destination.h"

enum tlsrpt_verdict {
    TLSRPT_VALID,
    TLSRPT_UNUSABLE, /* grammar right, but no destination that can be used */
    TLSRPT_INVALID,  /* breaks the grammar: counts as absent for senders */
    TLSRPT_NONE,     /* no such record, or more than one */
    TLSRPT_VERDICT_COUNT
};

struct tlsrpt_record {
    enum tlsrpt_verdict verdict;
    struct tlsrpt_destination *destinations; /* without those named twice */
    size_t n_destinations; /* those of TLSRPT_VALID may be used */
    struct finding_list findings;
};

/*
 * Reads one record, the strings of the TXT record joined.
 * Owns: all of *out_record lives in the arena.
 * Returns: 0, whatever the record is; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 */
int tlsrpt_record_read(struct arena *arena, struct slice text,
                       struct tlsrpt_record *out_record, struct err *err);

/*
 * Chooses the record of a set of TXT records and reads it: the only one that
 * begins with "v=TLSRPTv1;", or the only one there is. As tlsrpt_record_read
 * otherwise.
 */
int tlsrpt_record_choose(struct arena *arena, const struct slice *texts,
                         size_t n, struct tlsrpt_record *out_record,
                         struct err *err);

/* Tells whether a record asks for reports at a destination. */
bool tlsrpt_record_names(const struct tlsrpt_record *record,
                         const struct tlsrpt_destination *destination);
