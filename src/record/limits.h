/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room record, each with its reason. Records are short: a DKIM
 * key of 2048 bits takes 400 octets, a signature field 600, a TLSRPT record 60.
 */

enum {
    /* Tags of one list. RFC 6376 knows 13 for a signature and 8 for a key;
     * whoever writes more than this tries out what a reader does. */
    RECORD_MAX_TAGS = 64,

    /* One record. A key of 8192 bits in base64 takes 1.4 KB; a TXT record can
     * hold 64 KB, of which nothing else is needed. */
    RECORD_MAX_BYTES = 8192,

    /* One TLSRPT record: room for ten destinations of usual length, and more
     * than any sender has been seen to take. */
    RECORD_TLSRPT_BYTES = 4096,

    /* Destinations of one record that are used. Most name one, few two. */
    RECORD_TLSRPT_DESTINATIONS = 10,

    /* Name of a field: RFC 8460 section 3. */
    RECORD_TLSRPT_NAME_BYTES = 32,

    /* One URI of a record; browsers and mail programs stop at about twice it. */
    RECORD_URI_BYTES = 1024
};
