/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * DKIM signatures put on the mails that are sent.
 *
 * Relaxed/relaxed, with SHA-256, never with l=. Fields that readers go by are
 * named once more than they occur, so that adding one breaks the signature. What
 * is signed is what goes on the wire. Never with x=, since a mail is sent again with
 * the same octets for as long as it is kept. Workload: one or two signatures a mail, once
 * in its life. RFC: 6376 section 5, 8301, 8460 section 3, 8463.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"
#include "crypt/signature.h"

enum {
    DKIM_SIGN_MIN_RSA_BITS = 1024, /* RFC 8301 section 3.2: MUST */
    DKIM_SIGN_GOOD_RSA_BITS = 2048 /* SHOULD */
};

/* By whom a mail is signed. */
struct dkim_signer {
    const char *domain;   /* d=, A-labels */
    const char *selector; /* s=, A-labels */
    const struct signature_key *key;
};

/*
 * Checks whether the signatures of a signer would count: its names, its key, and
 * that its domain is that of From (from_domain) or has its organisational domain.
 * *out_is_weak tells that the key is of less than 2048 bits.
 * Returns: 0; -1 with err.
 * Errors: ERR_USAGE, ERR_MEMORY.
 * RFC: 8301 section 3.2, 7489 section 3.1.
 */
int dkim_sign_check(const struct dkim_signer *signer, const char *from_domain,
                    bool *out_is_weak, struct err *err);

/*
 * Appends a DKIM-Signature field of each signer, which belong on top of the
 * message. None of them covers another.
 * message: 7-bit, with CRLF at the end of each line. now: t=.
 * Returns: 0; -1 with err.
 * Errors: ERR_INPUT (a message that would be changed on its way, or without
 * From), ERR_LIMIT, ERR_MEMORY, ERR_USAGE (a public key).
 */
int dkim_sign(struct slice message, const struct dkim_signer *signers,
              size_t n_signers, utc_time now, struct buffer *out,
              struct err *err);
