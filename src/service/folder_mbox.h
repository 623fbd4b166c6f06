/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * An mbox that others append to: what is new in it since last time.
 *
 * It is read under the locks that mail programs use, fcntl and FILE.lock, a
 * window at a time, and never changed. How far it was read is a position. Where
 * what stands before the position is no longer what it was, the file was
 * rewritten and is read from its beginning: reports that come again count once.
 * A message at the end waits until it is whole. Where a message that was taken
 * for whole was written on, it is read again.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "base/slice.h"
#include "base/utc.h"

enum { FOLDER_MBOX_POSITION_BYTES = 80 };

/* How far a file was read. All 0 is its beginning. */
struct folder_mbox_position {
    uint64_t inode;
    int64_t last_bytes; /* where the last message begins that was read */
    int64_t read_bytes; /* where the next one begins */
    uint64_t check;     /* hash of what stands at the head and before it */
};

/* Reads a position that was written. Returns: 0, -1 where it is none. */
int folder_mbox_parse(const char *text,
                      struct folder_mbox_position *out_position);

/* Writes a position. Returns: text. */
const char *folder_mbox_format(const struct folder_mbox_position *position,
                               char text[static FOLDER_MBOX_POSITION_BYTES]);

struct folder_mbox_message {
    struct slice octets; /* without quoting; valid during the call */
    int64_t at_bytes;    /* where in the file it begins */
    bool is_too_large;   /* it is passed over */
};

/* Called for each message. Returns: 0 to go on, 1 that was enough, -1. */
typedef int folder_mbox_function(void *context,
                                 const struct folder_mbox_message *message,
                                 struct err *err);

struct folder_mbox_options {
    const char *path;
    int64_t max_bytes; /* of a message */
    utc_time now;
    unsigned settle_s; /* unchanged for so long it is whole as it stands */
};

enum {
    FOLDER_MBOX_END = 1, /* all was given */
    FOLDER_MBOX_WAITS,   /* all but a message that is not whole yet */
    FOLDER_MBOX_BUSY     /* another program holds a lock; nothing was read */
};

/*
 * Gives the messages behind a position, some at a time.
 * out_position: behind the last one given; untouched where nothing was read.
 * Returns: 0 where there may be more, or one of the above; -1 with err: it
 * cannot be opened (ERR_SYSTEM), is no mbox (ERR_INPUT), or what `function` says.
 */
int folder_mbox_read(const struct folder_mbox_options *options,
                     const struct folder_mbox_position *position,
                     folder_mbox_function *function, void *context,
                     struct folder_mbox_position *out_position,
                     struct err *err);
