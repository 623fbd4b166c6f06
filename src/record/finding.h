/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The findings of the room: names for the rows of record_finding_kind().
 */

#include "base/finding.h"

enum record_finding {
    /* The record cannot be used. */
    RECORD_DKIM_SYNTAX,
    RECORD_DKIM_TAG_TWICE,
    RECORD_DKIM_TOO_LARGE,
    RECORD_DKIM_VERSION,
    RECORD_DKIM_KEY_MISSING,
    RECORD_DKIM_KEY_BASE64,
    RECORD_DKIM_KEY_UNREADABLE,
    RECORD_DKIM_TYPE_UNKNOWN,
    /* It is a key, of which some make nothing. */
    RECORD_DKIM_KEY_REVOKED,
    RECORD_DKIM_KEY_SHORT,
    RECORD_DKIM_KEY_WEAK,
    RECORD_DKIM_KEY_LONG,
    RECORD_DKIM_HASH_NONE,
    RECORD_DKIM_HASH_SHA1,
    RECORD_DKIM_SERVICE_NONE,
    RECORD_DKIM_SERVICE_TLSRPT_ONLY,
    RECORD_DKIM_SERVICE_NO_TLSRPT,
    RECORD_DKIM_TESTING,
    RECORD_DKIM_VERSION_PLACE,
    RECORD_DKIM_TAG_OBSOLETE,
    /* No TLSRPT record, or a broken one. */
    RECORD_TLSRPT_ABSENT,
    RECORD_TLSRPT_SEVERAL,
    RECORD_TLSRPT_VERSION,
    RECORD_TLSRPT_LARGE,
    RECORD_TLSRPT_OCTET,
    RECORD_TLSRPT_SEPARATOR,
    RECORD_TLSRPT_FIELD_MISSING,
    RECORD_TLSRPT_FIELD_EMPTY,
    RECORD_TLSRPT_FIELD_NAME,
    RECORD_TLSRPT_FIELD_EQUALS,
    RECORD_TLSRPT_FIELD_VALUE,
    RECORD_TLSRPT_BLANK_AT_END,
    RECORD_TLSRPT_RUA_MISSING,
    RECORD_TLSRPT_URI_MISSING,
    RECORD_TLSRPT_URI_LARGE,
    RECORD_TLSRPT_URI,
    /* The grammar is right. */
    RECORD_TLSRPT_UNUSABLE,
    RECORD_TLSRPT_SCHEME,
    RECORD_TLSRPT_MAILTO,
    RECORD_TLSRPT_HTTPS,
    RECORD_TLSRPT_RUA_TWICE,
    RECORD_TLSRPT_DESTINATION_TWICE,
    RECORD_TLSRPT_DESTINATIONS_MANY,
    RECORD_TLSRPT_VERSION_BLANK,
    RECORD_TLSRPT_VERSION_AGAIN,
    RECORD_TLSRPT_FIELD_CASE,
    RECORD_TLSRPT_URI_CUT,
    RECORD_TLSRPT_EXTENSION,
    RECORD_TLSRPT_FOREIGN,
    RECORD_FINDING_COUNT
};

/* The row of one finding. */
const struct finding_kind *record_finding_kind(enum record_finding finding);

/* All rows of the room. *out_n gets how many they are. Returns: the table. */
const struct finding_kind *record_finding_kinds(size_t *out_n);
