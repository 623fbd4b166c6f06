/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * DKIM: who has signed a mail, and whether it is as it was signed.
 *
 * In two steps, so that the caller can look keys up in between without holding
 * the mail. dkim_read takes the octets as mailed, checks the body first and
 * digests what each signature covers; a signature that can never pass says why,
 * any other says where its key is in DNS. dkim_judge is then handed what DNS
 * said, and dkim_choose gives the verdict on the mail as a report. No look-up, no
 * clock. Workload: one signature of 2048 bits over 3 to 16 KB.
 * RFC: 6376, 8301, 8463, 8616, and 8460 section 3.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"
#include "crypt/digest.h"
#include "crypt/signature.h"
#include "mail/dkim_body.h"
#include "mail/dkim_reason.h"
#include "record/dkim_key.h"

/* One signature, without the mail. */
struct dkim_signature {
    const struct dkim_reason *fault; /* why it never passes, or NULL */
    const char *domain;     /* d= as A-labels; NULL where it cannot be read */
    const char *selector;   /* s= likewise */
    const char *identity;   /* domain of i=, d= where there is no i= */
    struct slice names;     /* h=, names with colons between; may be empty */
    const char *query_name; /* of the key's TXT record; NULL where fault is */
    enum signature_kind kind;
    enum dkim_canon header_canon, body_canon;
    utc_time signed_at, expires_at;     /* t=, x=; UTC_NONE where absent */
    struct slice value;                 /* b=, decoded */
    unsigned char digest[DIGEST_BYTES]; /* of the header fields it covers */
};

/* The signatures of a mail. */
struct dkim {
    struct dkim_signature *signatures; /* from the top of the mail */
    size_t n_signatures;
    size_t n_ignored;        /* signatures beyond DKIM_MAX_SIGNATURES */
    const char *from_domain; /* of the only address of the only From, or NULL */
};

/*
 * Reads the signatures of a message. It is read from where mail_read begins;
 * mbox quoting has been undone by the caller.
 * arrival: when the mail came; UTC_NONE where unknown, then none has expired.
 * Owns: what *out_dkim holds lives in the arena; the message is needed no more.
 * Returns: 0; -1 with err.
 * Errors: ERR_LIMIT (size, header, fields; the arena), ERR_MEMORY.
 * Cost: linear in the message; of the body at most two digests, of the header one
 * a signature.
 */
int dkim_read(struct arena *arena, struct slice message, utc_time arrival,
              struct dkim *out_dkim, struct err *err);

/* How a look-up ended. */
enum dkim_lookup {
    DKIM_LOOKUP_FOUND,    /* there are TXT records */
    DKIM_LOOKUP_ABSENT,   /* no such name, or no TXT record */
    DKIM_LOOKUP_TEMPORARY /* no answer, SERVFAIL, or a bogus one */
};

/* What DNS said about a query name. */
struct dkim_answer {
    enum dkim_lookup lookup;
    const struct slice *records; /* TXT records, the strings of each joined */
    size_t n_records;            /* of which DKIM_MAX_KEY_RECORDS are tried */
};

/* The verdict on one signature. */
struct dkim_result {
    enum dkim_verdict verdict;
    const struct dkim_reason *reason;
    unsigned key_bits; /* size of the key that decided, or 0 */
};

/*
 * Judges a signature by the key records found. A signature with a fault needs no
 * answer (NULL).
 * Returns: 0; -1 with err.
 * Errors: ERR_MEMORY.
 */
int dkim_judge(const struct dkim_signature *signature,
               const struct dkim_answer *answer, enum dkim_key_rule rule,
               struct dkim_result *out_result, struct err *err);

/* By which domain a signature is that of the sender of a report. */
enum dkim_origin {
    DKIM_ORIGIN_NONE,
    DKIM_ORIGIN_CONTACT,   /* of contact-info */
    DKIM_ORIGIN_SUBMITTER, /* TLS-Report-Submitter */
    DKIM_ORIGIN_FROM       /* of From; only where the others are absent */
};

/* The domains that say who sends a report; NULL or "" where absent. */
struct dkim_senders {
    const char *contact_domain;
    const char *submitter_domain;
    const char *from_domain;
};

/* The verdict on a mail. */
struct dkim_choice {
    struct dkim_result result;
    const struct dkim_signature *signature; /* it is about, or NULL */
    enum dkim_origin origin;                /* aligned with what */
};

/*
 * Chooses the best of the signatures that are aligned with the sender: one that
 * passes, else one that may pass later, else one whose key is gone, else one
 * that failed. Where none is aligned the mail counts as unsigned, and the
 * signature told is the best of the others.
 * results: one for each signature.
 * Owns: *out_choice points into dkim. Nothing stays in the arena that is needed.
 * Returns: 0; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 * RFC: 8460 section 3.
 */
int dkim_choose(struct arena *arena, const struct dkim *dkim,
                const struct dkim_result *results,
                const struct dkim_senders *senders,
                struct dkim_choice *out_choice, struct err *err);
