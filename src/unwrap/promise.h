/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Promise: what a file name and a media type say of octets.
 *
 * Hints only, octets win. They decide where octets say nothing, and a promise
 * that is not kept is a finding.
 */

#include <stdbool.h>

enum promise {
    PROMISE_REPORT = 1u << 0, /* a report, in whatever form */
    PROMISE_JSON = 1u << 1,
    PROMISE_GZIP = 1u << 2,
    PROMISE_ZIP = 1u << 3
};

/*
 * Reads what a name and a media type promise, each NULL where unknown.
 * media_type: lower case, without parameters.
 * Returns: bits of enum promise, 0 where neither speaks of a report.
 */
unsigned promise_read(const char *name, const char *media_type);
