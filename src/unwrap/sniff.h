/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What octets are, by their first ones. Names and media types are not asked.
 */

#include <stdbool.h>

#include "base/slice.h"

enum sniff_kind {
    SNIFF_EMPTY, /* nothing, or blanks only */
    SNIFF_GZIP,  /* RFC 1952 */
    SNIFF_ZIP,
    SNIFF_ZLIB,   /* RFC 1950: a stream without the gzip header */
    SNIFF_PACKED, /* bzip2, xz, zstd, 7z, rar: known and not opened */
    SNIFF_UTF16,  /* text with a UTF-16 byte order mark */
    SNIFF_JSON,   /* begins like a JSON object, or an array of some */
    SNIFF_DMARC,  /* DMARC aggregate report (RFC 7489 appendix C) */
    SNIFF_OTHER,
    SNIFF_KIND_COUNT
};

/*
 * Tells whether text that is no JSON is to be read as XML: it begins with a tag,
 * or a DMARC report stands behind other text.
 */
bool sniff_is_xml(struct slice text);

/* Tells what octets are. */
enum sniff_kind sniff_octets(struct slice octets);

/* Returns s without a UTF-8 byte order mark. */
struct slice sniff_skip_mark(struct slice s);
