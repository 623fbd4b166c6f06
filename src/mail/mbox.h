/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mbox: the messages of a mailbox file, one at a time.
 *
 * Separators are "From " lines at the start or after an empty line that a
 * header field line follows, so that a paragraph that begins with "From " splits
 * no message. The mboxrd and mboxo quoting (">From ") is undone in a copy when a
 * message has any. Works over a mapped or read file without copying where
 * nothing is quoted. RFC: 4155.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"

struct mbox {
    struct slice rest;     /* not yet given out */
    struct buffer scratch; /* the unquoted copy */
};

/* Tells whether octets begin as an mbox does. */
bool mbox_is_mbox(struct slice octets);

/* Readies an iteration over the octets of an mbox file. */
void mbox_init(struct mbox *mbox, struct slice octets);

/* Frees the scratch copy. */
void mbox_deinit(struct mbox *mbox);

enum { MBOX_END = 1, MBOX_TOO_LARGE };

/*
 * Takes the next message, without its "From " line and without the empty line
 * before the next one. What stands before the first separator is skipped.
 * Owns: the slice is valid until the next call.
 * Returns: 0; MBOX_END; MBOX_TOO_LARGE over MAIL_MAX_MESSAGE_BYTES, out_message
 * is set all the same; -1 with err (ERR_MEMORY). After either of these two the
 * next call goes on with the message behind it.
 */
int mbox_next(struct mbox *mbox, struct slice *out_message, struct err *err);

/*
 * Finds the first separator at or after octet `from`, for who passes over
 * messages. octets: a part of the file, with the three octets before `from`;
 * whether a line near its end is a separator depends on the lines behind it.
 * Returns: the octet at which its "From " line begins, octets.len where there
 * is none.
 */
size_t mbox_find_separator(struct slice octets, size_t from);
