/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Target: where one copy of a report goes.
 *
 * What a record names is a mail address or an HTTPS endpoint
 * (record/tlsrpt_destination.h); what the operator's rules name may also be a
 * folder. Folders are never taken from a record.
 */

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum outgoing_scheme { OUTGOING_MAILTO, OUTGOING_HTTPS, OUTGOING_DIRECTORY };

struct outgoing_target {
    enum outgoing_scheme scheme;
    const char *uri;   /* as it was written */
    const char *host;  /* domain or host as A-labels; "" of a folder */
    const char *local; /* mailto: before the "@"; "" else */
    const char *path;  /* directory: absolute; https: path and query; "" else */
    unsigned port;     /* https; else 0 */
};

/* Tells whether a host is what inet_aton and its like take for an address, as
 * 192.0.2.1, 127.1 and 0x7f000001: no top-level domain begins with a digit. */
bool outgoing_target_is_address(const char *host);

/*
 * Why a record may not name a target's host: one of our own network, or an address
 * instead of a name. The operator may.
 * Returns: a sentence, NULL where nothing speaks against it.
 */
const char *outgoing_target_doubt(const struct outgoing_target *target);

/*
 * Reads an URI of the operator: mailto:, https: or directory:/path.
 * Owns: all of *out_target lives in the arena.
 * Returns: 0, -1 with err (ERR_USAGE: none of them; ERR_MEMORY).
 */
int outgoing_target_read(struct arena *arena, struct slice uri,
                         struct outgoing_target *out_target, struct err *err);
