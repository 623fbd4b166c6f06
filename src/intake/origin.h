/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Origin: by which source an input came.
 */

#include <stdbool.h>

/* How an input came. Stored: never renumber. */
enum intake_way {
    INTAKE_WAY_FILE = 0,
    INTAKE_WAY_MAIL = 1, /* its DKIM signature proves who sent it */
    INTAKE_WAY_HTTPS = 2,
    INTAKE_WAY_SECRET_PATH = 3, /* HTTPS, to a path that only senders know */
    INTAKE_WAY_COUNT
};

/* What a source makes of a report that is not proven. Stored, too. */
enum intake_rule {
    INTAKE_MARK = 0,   /* it counts, and is marked */
    INTAKE_REQUIRE = 1 /* it stands beside the sums */
};

/* Strings are never NULL. */
struct intake_origin {
    const char *source;      /* as configured; "" for an import of files */
    const char *tenant;      /* "" for none */
    const char *destination; /* "mailto:..." or "https:..."; "" unknown */
    enum intake_way way;
    enum intake_rule rule;
    bool is_live; /* whose report it is is asked */
};
