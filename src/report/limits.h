/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of reading a report, each with its reason. Size and memory are bounded
 * by the caller: the text by what unwrap gives out, values by the arena.
 */

enum {
    /* Our own reports nest 5 levels, RFC 8460 needs no more; what is deeper than
     * this is an attack on recursive readers. */
    REPORT_MAX_DEPTH = 512,
    /* Some senders put a JSON array inside a string of policy-string, none more
     * than one; what is left of an array inside an array inside ... is no policy. */
    REPORT_MAX_INNER_ARRAYS = 4,
    /* No domain is looked for in a longer file name: one as RFC 8460 section 5.1
     * has it holds two names of 253 octets, two times and a token. */
    REPORT_MAX_FILE_NAME_BYTES = 1024,
    /* No domain is looked for in a longer report-id: the forms met are a name of
     * 253 octets with a date and a token around it. */
    REPORT_MAX_ID_BYTES = 320,
    /* A range over this is no day with slack: it is marked. */
    REPORT_LONG_RANGE_SECONDS = 36 * 3600,
    /* A range under this is no whole day. */
    REPORT_SHORT_RANGE_SECONDS = 23 * 3600
};
