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

/*
 * Takes the next message, without its "From " line and without the empty line
 * before the next one. What stands before the first separator is skipped.
 * out_message is set on failure too: to the message as it stands in the file,
 * quoted, so that it can be told or kept.
 * Owns: the slice is valid until the next call.
 * Returns: 0, 1 at the end, -1 when out of memory or over the cap of a message
 * (MAIL_MAX_MESSAGE_BYTES); the next call goes on with the message after it.
 */
int mbox_next(struct mbox *mbox, struct slice *out_message);
