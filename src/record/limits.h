/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room record, each with its reason. Records are short: a DKIM
 * key of 2048 bits takes 400 octets, a signature field 600.
 */

enum {
    /* Tags of one list. RFC 6376 knows 13 for a signature and 8 for a key;
     * whoever writes more than this tries out what a reader does. */
    RECORD_MAX_TAGS = 64,

    /* One record. A key of 8192 bits in base64 takes 1.4 KB; a TXT record can
     * hold 64 KB, of which nothing else is needed. */
    RECORD_MAX_BYTES = 8192
};
