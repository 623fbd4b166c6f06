/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Pattern: one of a rule or of the suppression list, as people write it.
 *
 * outgoing/match.h tells what they mean. A pattern that can match nothing is
 * refused with what to write instead: whoever wrote it believes that it works.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

/* What a pattern is held against. */
enum outgoing_pattern_kind {
    OUTGOING_PATTERN_DOMAIN, /* the domain that a report is about */
    OUTGOING_PATTERN_TARGET  /* where one goes */
};

/*
 * Reads a pattern; domains in it become lower-case A-labels.
 * Owns: *out_pattern lives in the arena.
 * Returns: 0, -1 with err, a sentence that begins with the pattern in quotes.
 * Errors: ERR_USAGE, ERR_MEMORY, ERR_LIMIT (of the arena).
 */
int outgoing_pattern_read(struct arena *arena, struct slice text,
                          enum outgoing_pattern_kind kind,
                          const char **out_pattern, struct err *err);
