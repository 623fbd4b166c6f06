/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What is said to an IMAP server: names of folders, and sets of mails.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

/*
 * Appends a folder's name as a quoted string, in modified UTF-7. name: UTF-8
 * without control characters.
 * RFC: 3501 section 5.1.3.
 */
void imap_text_add_folder(struct buffer *out, const char *name);

/* Appends UIDs as a set: "1:3,7". uids: ascending, n > 0. */
void imap_text_add_set(struct buffer *out, const uint32_t *uids, size_t n);

/* Tells whether a text can be a keyword, as a flag that users invent. */
bool imap_text_is_keyword(const char *text);
