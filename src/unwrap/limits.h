/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room unwrap, each with its reason.
 *
 * A report is 1 KB, a big one some MB; receivers refuse mails of more than
 * about 10 MB. What goes over a limit is refused with the limit in the reason.
 */

enum {
    /* Inflated octets of one input, all its containers together, and of each
     * candidate. A report of 50,000 details has 10 MB. */
    UNWRAP_MAX_BYTES = 64 * 1024 * 1024,

    /* Output to input of one stream. Reports of thousands of equal details
     * reach 100:1; deflate itself stops at 1032:1, which only bombs come near. */
    UNWRAP_MAX_RATIO = 200,

    /* Below this the ratio does not count: small texts may repeat a lot, and
     * this much harms nobody. */
    UNWRAP_RATIO_FREE_BYTES = 1024 * 1024,

    /* gzip and zip layers one in the other. Two are attested (a gateway that
     * packs again); mails around and between them do not count, they have
     * UNWRAP_MAX_MAILS. */
    UNWRAP_MAX_DEPTH = 3,

    /* Mails in attachments of mails, beyond what mail/ reads as nested parts:
     * a forward of a forward, each attached as a file. */
    UNWRAP_MAX_MAILS = 3,

    /* Files of a zip that are read: a year of daily reports, and some. Octets
     * are capped anyway; this bounds how often libzip begins a file. */
    UNWRAP_MAX_ZIP_FILES = 400,

    /* What a zip directory may claim before libzip reads it: it keeps all
     * entries in memory, and begins with room for as many as are claimed. */
    UNWRAP_MAX_ZIP_CLAIMED = 1000,
    UNWRAP_MAX_ZIP_DIRECTORY_BYTES = 256 * 1024,

    /* Ends of directories in the tail of a zip; libzip tries each. Stored zips
     * in a zip make some, a hostile tail makes thousands. */
    UNWRAP_MAX_ZIP_ENDS = 4,

    /* Candidates of one input: a mail of a thousand parts stays below. */
    UNWRAP_MAX_CANDIDATES = 1000
};
