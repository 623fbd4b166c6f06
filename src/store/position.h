/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Positions: how far a source has been read.
 *
 * Small texts by source and item ("UIDVALIDITY" of a mailbox, a UIDL, a file's
 * name). Written in the same batch as what was read, so that neither is ahead.
 */

#include "base/err.h"

struct store;

/* A step of a source. Strings are the caller's. */
struct store_position {
    const char *source;
    const char *item;
    const char *value; /* NULL: the item is dropped */
};

/* Sets the value of an item, in a batch; value NULL drops the item.
 * Returns: 0, -1 with err. */
int store_put_position(struct store *store, const char *source,
                       const char *item, const char *value, struct err *err);

/* Called for each item; strings are valid during the call.
 * Returns: 0 to go on, else store_each_position does. */
typedef int store_position_function(void *context, const char *item,
                                    const char *value, struct err *err);

/* Gives the items of a source in byte order. Returns: 0, what the function
 * returned, -1 with err. */
int store_each_position(struct store *store, const char *source,
                        store_position_function *function, void *context,
                        struct err *err);
