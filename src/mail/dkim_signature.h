/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The DKIM-Signature field as a value.
 *
 * Only for this room. Read strictly: whatever is wrong with it is the reason why
 * the signature never passes. RFC: 6376 section 3.5 and 6.1.1, 8301 section 3.1,
 * 8463 section 3, 8616 section 5.
 */

#include "mail/dkim.h"

/* What is needed to check a signature; points into the message. */
struct dkim_signature_text {
    struct slice names; /* h=, names with colons between */
    struct slice whole; /* value of b= with blanks, left out when digesting */
    unsigned char body_digest[DIGEST_BYTES]; /* bh= */
};

/*
 * Parses the value of a field, without its line end. out_signature->fault tells
 * what is wrong; d= and s= are told all the same where they can be read.
 * Returns: 0; -1 with err.
 * Errors: ERR_MEMORY, ERR_LIMIT (of the arena).
 */
int dkim_signature_parse(struct arena *arena, struct slice value,
                         utc_time arrival, struct dkim_signature *out_signature,
                         struct dkim_signature_text *out_text, struct err *err);
