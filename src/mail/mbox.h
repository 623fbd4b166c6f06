/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mbox: the messages of a mailbox file, one at a time.
 *
 * Separators are "From " lines at the start or after an empty line. The mboxrd
 * and mboxo quoting (">From ") is undone in a copy when a message has any.
 * Works over a mapped or read file without copying where nothing is quoted.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

struct mbox {
    struct slice rest;     /* not yet given out */
    struct buffer scratch; /* the unquoted copy */
    unsigned n_messages;   /* given out so far */
};

/* Tells whether octets begin as an mbox does. */
bool mbox_is_mbox(struct slice octets);

/* Readies an iteration over the octets of an mbox file. */
void mbox_init(struct mbox *mbox, struct slice octets);

/* Frees the scratch copy. */
void mbox_deinit(struct mbox *mbox);

/*
 * Takes the next message, without its "From " line.
 * Owns: the slice is valid until the next call.
 * Returns: 0, 1 at the end, -1 when out of memory or over the cap of a message.
 */
int mbox_next(struct mbox *mbox, struct slice *out_message);
