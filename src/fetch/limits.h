/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Limits of the room fetch, each with its reason. What is fetched was written on
 * another host, by whatever runs there.
 */

#include <stddef.h>

enum {
    /* One policy or failure as text: strings of a policy of 64 KiB, the most that
     * RFC 8461 section 3.3 has readers take, escaped. */
    FETCH_TEXT_BYTES = 1 << 20,
    /* A list: a million domains of usual length. */
    FETCH_LIST_BYTES = 32 << 20,
    FETCH_DOMAINS_MAX = 1000000,
    /* What one call says of its domains: as much as tlsrpt-reportd reads of one.
     * Of several less are asked for where they have more. */
    FETCH_DETAILS_BYTES = 16 << 20,
    /* Calls for one domain that may fail, a day: more is a source that fails. Each
     * may last as long as its time allows. */
    FETCH_FAILURES_MAX = 4,
    /* Domains of one call: as one argument of ssh, with the command, they stay
     * below the 128 KiB that Linux takes. */
    FETCH_DOMAINS_A_CALL = 500,
    /* Words of a call: the command, the day, the domains. */
    FETCH_WORDS_MAX = FETCH_DOMAINS_A_CALL + 100
};

/*
 * What one source may take of memory, unless whoever has several shares it out: half
 * of MemoryMax=1G of tlsrpt-report.service, which delivers meanwhile. Half of it is
 * for the sums of a day (100,000 domains have some 60 MB), a quarter for the list as
 * read, an eighth for its text; and likewise for what one call says, and what is
 * read of that.
 */
#define FETCH_SOURCE_BYTES ((size_t)512 << 20)
