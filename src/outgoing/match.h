/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Match: what the patterns of rules and of the suppression list mean.
 *
 * For domains: "example.com" is that name, ".example.com" it and all below, "*"
 * any. For targets: "a@example.com" is one address, "@example.com" every address
 * of that domain, a domain as above means addresses and endpoints at it, what has
 * a scheme is one URI, "*" any. outgoing/pattern.h reads what people write.
 */

#include <stdbool.h>

#include "base/slice.h"
#include "outgoing/target.h"

/* Tells whether a pattern means a domain, both in lower case. */
bool outgoing_match_domain(struct slice pattern, struct slice domain);

/* Tells whether a pattern means a target. Local parts of addresses count
 * without regard to case: people type them. */
bool outgoing_match_target(struct slice pattern,
                           const struct outgoing_target *target);
