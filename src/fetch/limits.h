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
    FETCH_TEXT_BYTES = 1 << 20
};
