/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Verdicts on DKIM signatures and the reasons for them.
 *
 * A reason is a row of one table: stable code, verdict, RFC section, sentence.
 * docs/dkim.md lists them.
 */

#include "base/slice.h"

enum dkim_verdict {
    DKIM_NONE,         /* nobody who counts has signed */
    DKIM_PASS,         /* signed, and as it was sent */
    DKIM_FAIL,         /* signed, and not to be believed */
    DKIM_UNVERIFIABLE, /* the key is gone: nobody can tell any more */
    DKIM_TEMPORARY,    /* DNS did not answer: to be asked again */
    DKIM_VERDICT_COUNT
};

enum dkim_reason_number {
    /* Pass. */
    DKIM_REASON_PASS,
    /* None. */
    DKIM_REASON_UNSIGNED,
    DKIM_REASON_NOT_ALIGNED,
    DKIM_REASON_KEY_TESTING,
    /* Fail, whatever the key is. */
    DKIM_REASON_HEADER_MALFORMED,
    DKIM_REASON_SYNTAX,
    DKIM_REASON_TAG_TWICE,
    DKIM_REASON_TAG_MISSING,
    DKIM_REASON_VERSION,
    DKIM_REASON_ALGORITHM,
    DKIM_REASON_ALGORITHM_SHA1,
    DKIM_REASON_CANONICALIZATION,
    DKIM_REASON_QUERY,
    DKIM_REASON_DOMAIN,
    DKIM_REASON_IDENTITY,
    DKIM_REASON_BASE64,
    DKIM_REASON_FIELD_LIST,
    DKIM_REASON_FROM_UNSIGNED,
    DKIM_REASON_BODY_LENGTH,
    DKIM_REASON_TIME,
    DKIM_REASON_EXPIRED,
    DKIM_REASON_FIELD_ADDED,
    DKIM_REASON_BODY_CHANGED,
    /* Fail, as the key is. */
    DKIM_REASON_KEY_TYPE,
    DKIM_REASON_KEY_HASH,
    DKIM_REASON_KEY_SERVICE,
    DKIM_REASON_KEY_IDENTITY,
    DKIM_REASON_KEY_SHORT,
    DKIM_REASON_SIGNATURE_WRONG,
    /* Unverifiable. */
    DKIM_REASON_KEY_ABSENT,
    DKIM_REASON_KEY_REVOKED,
    DKIM_REASON_KEY_UNREADABLE,
    /* Temporary. */
    DKIM_REASON_KEY_TEMPORARY,
    DKIM_REASON_COUNT
};

struct dkim_reason {
    const char *code;          /* stable, e.g. "body-changed" */
    enum dkim_verdict verdict; /* what it leads to */
    const char *rfc;           /* "RFC 6376 section 3.5" */
    const char *message;       /* a sentence for people, no stop */
};

/* The row of a reason. */
const struct dkim_reason *dkim_reason(enum dkim_reason_number number);

/* Finds a row by its code. Returns: it, or NULL. */
const struct dkim_reason *dkim_reason_find(struct slice code);

/* "none", "pass", "fail", "unverifiable", "temporary". */
const char *dkim_reason_verdict_name(enum dkim_verdict verdict);
