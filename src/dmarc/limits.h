/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of reading a DMARC report, each with its reason. The size of the text
 * is bounded by what unwrap gives out, values by the arena. What goes over a
 * limit of the upper group is refused: it is no report but an attack on XML
 * readers (RFC 9990 section 8.1).
 */

enum {
    /* A report nests 5 elements, with extensions some more. */
    DMARC_MAX_DEPTH = 64,

    /* One tag with its attributes and the text behind it, or one comment. The
     * root carries some namespaces, 500 octets; a value has a line or two.
     * Expat keeps a tag whole in memory. */
    DMARC_MAX_TAG_BYTES = 256 * 1024,

    /* Attributes and elements that no RFC knows, and declarations of
     * namespaces. Expat remembers each name it meets for good. An extension in
     * every record of a large report stays below. */
    DMARC_MAX_UNKNOWN = 100000,

    /* Records of one report. The largest receivers send some 10,000 for the
     * domain of a mass mailer; 64 MiB of the usual ones hold 100,000. */
    DMARC_MAX_RECORDS = 250000,

    /* Documents in one text, and reports in one document. More than one is a
     * fault already. */
    DMARC_MAX_DOCUMENTS = 1000,
    DMARC_MAX_REPORTS = 1000,

    /* What is longer is cut, with a finding: values are words and names, the
     * longest is a comment. */
    DMARC_MAX_VALUE_BYTES = 4096,

    /* Unknown things kept of one report; the others are counted. */
    DMARC_MAX_OTHERS = 1000,

    /* RFC 9990 section 3.1.3: receivers report at most this many signatures. */
    DMARC_USUAL_DKIMS = 100,

    /* A day, and one more for clocks and time zones; a range over this is
     * marked. */
    DMARC_LONG_RANGE_SECONDS = 2 * 86400,

    /* DMARC was first published in January 2012. */
    DMARC_FIRST_YEAR = 2012
};
