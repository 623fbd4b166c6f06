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
    /* What one call says of its domains. tlsrpt-reportd reads 16 MiB of one. */
    FETCH_DETAILS_BYTES = 64 << 20,
    /* Domains of one call: as one argument of ssh, with the command, they stay
     * below the 128 KiB that Linux takes. */
    FETCH_DOMAINS_A_CALL = 500,
    /* Words of a call: the command, the day, the domains. */
    FETCH_WORDS_MAX = FETCH_DOMAINS_A_CALL + 100
};

/* The list as read, and what of it is passed over. */
#define FETCH_LIST_ARENA_BYTES ((size_t)256 << 20)

/* All sums of a source and day: 100,000 domains have some 60 MB. */
#define FETCH_DAY_BYTES ((size_t)512 << 20)
