/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room mail, each with its reason.
 *
 * GLib ends the process when an allocation fails, so what gmime is made to
 * allocate is bounded: size, header, fields and parts are held to these limits
 * before it sees an octet. Depth is asked of what it parsed, which the number of
 * parts has bounded. A report mail has two or three parts, depth 1 or 2, 20 to
 * 60 header fields, 3 to 16 KB.
 */

enum {
    /* A report of 60 MiB that nobody compressed, in base64. */
    MAIL_MAX_MESSAGE_BYTES = 80 * 1024 * 1024,

    /* One header block. Servers stop at 16 to 100 KiB; long recipient lists
     * and chains of ARC seals stay below. gmime holds it about three times. */
    MAIL_MAX_HEADER_BYTES = 256 * 1024,

    /* Header fields of all parts together; each costs gmime 200 octets. */
    MAIL_MAX_FIELDS = 20000,

    /* Leaf parts and containers: lines that may be a boundary. A digest of
     * three hundred forwarded report mails fits; each costs gmime 3 KB. */
    MAIL_MAX_PARTS = 1000,

    /* Multiparts and enclosed messages one in the other. A bounced forward of
     * a forward has eight. */
    MAIL_MAX_DEPTH = 16,

    /* One decoded part: what a reader takes in any case (unwrap/limits.h). */
    MAIL_MAX_PART_BYTES = 64 * 1024 * 1024,

    /* Up to here a mail is copied without the fields that nobody asks for,
     * which gmime would take apart one by one. */
    MAIL_GIST_MAX_BYTES = 256 * 1024,

    /* Each header field and each name that is kept. */
    MAIL_MAX_NAME_BYTES = 4096,

    /* DKIM signatures looked at in one mail, from the top. A sender makes one
     * or two, each forwarder one; each may cost a look-up and a verification. */
    DKIM_MAX_SIGNATURES = 10,

    /* Key records tried for one signature. One is right; a few come about when
     * a key is changed. */
    DKIM_MAX_KEY_RECORDS = 8,

    /* What taking a header apart may take: MAIL_MAX_FIELDS of 48 octets and as
     * many names of 32, twice while lists grow, and their text. */
    DKIM_MAX_SCRATCH_BYTES = 8 * 1024 * 1024,

    /* Findings on the records of one signature, which nobody reads here. */
    DKIM_MAX_RECORD_BYTES = 256 * 1024
};
