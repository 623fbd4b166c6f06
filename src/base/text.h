/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Text from outside: UTF-8 and escaping.
 *
 * Strings from reports are never trusted in output. Here stand the checks for
 * UTF-8 and the escapings for terminal, log and CSV; HTML is never written by
 * the program (the dashboard sets text nodes), JSON is escaped by the writer in
 * json/.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/*
 * Measures the leading part of s that is valid UTF-8 (no overlong forms, no
 * surrogates, nothing above U+10FFFF).
 * Returns: octets; s.len where all is valid.
 */
size_t text_utf8_prefix(struct slice s);

/*
 * Appends s with each octet sequence that is not UTF-8, and each NUL, replaced
 * by U+FFFD.
 */
void text_add_utf8(struct buffer *buffer, struct slice s);

/*
 * Appends s for a terminal: control characters (C0, DEL, C1, also as UTF-8),
 * direction overrides and invalid octets become visible escapes like \x1b;
 * line ends become blanks.
 */
void text_add_terminal(struct buffer *buffer, struct slice s);

/*
 * Appends s as a logfmt value: quoted where it holds blanks, quotes or '=';
 * control characters escaped as for a terminal.
 */
void text_add_log(struct buffer *buffer, struct slice s);

/* Appends s as the inside of a JSON string; what a terminal would escape by its
 * code, invalid octets as U+FFFD. RFC: 8259 section 7. */
void text_add_json(struct buffer *buffer, struct slice s);

/*
 * Appends s as one CSV field: quoted where needed; a leading =, +, -, @, tab or
 * CR, which a spreadsheet would run as a formula, gets a ' in front.
 * RFC: 4180 section 2.
 */
void text_add_csv(struct buffer *buffer, struct slice s);

/* Gives the first max_bytes octets of s, less a character that they cut. */
struct slice text_cut(struct slice s, size_t max_bytes);

/* Returns: the value of a hexadecimal digit, -1 for any other octet. */
int text_hex_value(char c);

/* Encodes one code point (0 to 0x10ffff). Returns: octets written, 1 to 4. */
size_t text_encode_utf8(unsigned code_point, char out[static 4]);

/*
 * Decodes the UTF-8 character at the start of s, which holds at least one
 * octet. *out_bytes gets its length, 1 where it is invalid.
 * Returns: the code point, or 0xfffd where the octets are not UTF-8.
 */
unsigned text_decode_utf8(struct slice s, size_t *out_bytes);
