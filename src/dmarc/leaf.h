/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Leaf: the text of one element to one field, leniently.
 *
 * Each leaves a finding at the innermost element where the text is not as the
 * RFC has it. Private to the room.
 */

#include "dmarc/feedback.h"

/*
 * Reads text, blanks around it dropped, as the row of the innermost element
 * says. field: where the value goes, of the type that goes with the row:
 * const char *, or int64_t for SCHEMA_MESSAGES and SCHEMA_PERCENT. Dates go
 * to feedback->report besides, text of SCHEMA_TEXTS to feedback->errors.
 * Returns: 0, -1 with err (memory).
 */
int leaf_read(struct feedback *feedback, struct slice text, void *field,
              struct err *err);
