/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Identity: whether what goes out under a name will be believed.
 *
 * Judges what DNS said about the key, the sender's domain and our own TLSRPT
 * record. Plain values; asking is doctor/ask.h's.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "doctor/chart.h"
#include "outgoing/self_test.h"

struct signature_key;

enum identity_lookup {
    IDENTITY_FOUND,
    IDENTITY_ABSENT,
    IDENTITY_UNANSWERED,
    IDENTITY_NOT_ASKED
};

/* What DNS said about a name: TXT records joined, or rdata. */
struct identity_answer {
    enum identity_lookup lookup;
    const char *name;
    const char *why; /* of IDENTITY_UNANSWERED */
    const struct slice *records;
    size_t n_records;
};

/*
 * Judges the published half of a key: that it is there, ours, for reports, and
 * not said to be a test.
 * key: the private one; NULL where it cannot be used, or is the relay's.
 * RFC: 6376 section 3.6.1, 8301, 8460 section 3.
 */
void identity_judge_key(struct chart *chart, const struct signature_key *key,
                        const struct identity_answer *answer);

/* Judges what self-tests have shown of a relay. proof: NULL none. */
void identity_judge_proof(struct chart *chart, const char *name,
                          const struct outbox_proof *proof,
                          enum self_test_worth worth);

/* Judges the TXT records of the sender's domain for SPF. RFC: 7208. */
void identity_judge_spf(struct chart *chart,
                        const struct identity_answer *answer);

/* Judges our own TLSRPT record. RFC: 8460 section 3. */
void identity_judge_record(struct chart *chart,
                           const struct identity_answer *answer);

/*
 * Judges whether the contact's domain takes mail: by its MX records, or where it
 * has none by its addresses. RFC: 5321 section 5.1, 7505.
 */
void identity_judge_mx(struct chart *chart, const struct identity_answer *mx,
                       const struct identity_answer *a,
                       const struct identity_answer *aaaa);
