/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Strings of the JSON reader: unescaped in place.
 *
 * The usual string is plain ASCII and costs one scan; escapes only ever shrink,
 * so they are undone where they stand. What grows (octets that are no UTF-8)
 * moves to the arena.
 */

#include "json/reader.h"

/*
 * Reads the string whose opening quote is at reader->at.
 * Returns: 0, -1 with err. RFC: 8259 section 7.
 */
int json_string_read(struct json_reader *reader, struct json_value *out_value,
                     struct err *err);
