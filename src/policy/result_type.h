/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Result types: the eleven registered ones and whatever else is reported.
 *
 * RFC 8460 section 4.3 and the IANA registry "STARTTLS Validation Result Types".
 * For grouping a value is folded (lower case, '-' for '_' and blanks, known
 * other spellings mapped); what was reported is kept beside it.
 */

#include "base/arena.h"
#include "base/slice.h"

enum result_type {
    RESULT_TYPE_OTHER,
    RESULT_TYPE_STARTTLS_NOT_SUPPORTED,
    RESULT_TYPE_CERTIFICATE_HOST_MISMATCH,
    RESULT_TYPE_CERTIFICATE_EXPIRED,
    RESULT_TYPE_CERTIFICATE_NOT_TRUSTED,
    RESULT_TYPE_VALIDATION_FAILURE,
    RESULT_TYPE_TLSA_INVALID,
    RESULT_TYPE_DNSSEC_INVALID,
    RESULT_TYPE_DANE_REQUIRED,
    RESULT_TYPE_STS_POLICY_FETCH_ERROR,
    RESULT_TYPE_STS_POLICY_INVALID,
    RESULT_TYPE_STS_WEBPKI_INVALID,
    RESULT_TYPE_COUNT
};

/* The registered name; "other" for RESULT_TYPE_OTHER. */
const char *result_type_name(enum result_type type);

/* The registered type a reported value means, letter case, blanks and known
 * other spellings aside; RESULT_TYPE_OTHER for all else. */
enum result_type result_type_parse(struct slice reported);

/*
 * The name to group a reported value under.
 * out_type (may be NULL) gets the registered type it means.
 * Returns: a static registered name, or the folded text in the arena
 * ("unspecified" where the value is empty); NULL when out of memory.
 */
const char *result_type_key(struct arena *arena, struct slice reported,
                            enum result_type *out_type);
