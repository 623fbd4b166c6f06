/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Markup: the door to expat.
 *
 * Reads one XML document and calls back for tags and text. A document type
 * declaration ends the reading, so that there are no entities but the five of
 * XML itself; depth and the length of a tag are bounded. Knows nothing of DMARC.
 * Private to the room.
 */

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* A name with its namespace; both valid during the call. */
struct markup_name {
    struct slice space; /* URI, empty where there is none */
    struct slice local; /* without prefix */
};

/*
 * What is called. Each returns 0 to go on, -1 with err to end the reading, which
 * then returns -1 with that err.
 */
struct markup_events {
    int (*start)(void *context, const struct markup_name *name,
                 struct err *err);
    /* After start, for each of its attributes. */
    int (*attribute)(void *context, const struct markup_name *name,
                     struct slice value, struct err *err);
    /* A declaration of a namespace, before the start of its element. */
    int (*declare)(void *context, struct err *err);
    /* A piece of text; an element's text may come in many. */
    int (*text)(void *context, struct slice text, struct err *err);
    int (*end)(void *context, struct err *err);
};

/*
 * Looks for tags, with the text behind them, and comments that are too long for
 * expat to hold. To be asked once of a text, before its documents are read.
 * Returns: 0, -1 with err (ERR_LIMIT).
 */
int markup_check(struct slice text, struct err *err);

/*
 * Reads a document from the start of text to the end of its root element, and
 * nothing behind that. The text is UTF-8 whatever it declares.
 * *out_used gets the octets read.
 * Returns: 0; 1 where there is no element at all; -1 with err.
 * Errors: ERR_INPUT (not well formed; err.offset says where), ERR_LIMIT (a DTD,
 * too deep), ERR_MEMORY, what an event gave.
 */
int markup_read(struct slice text, const struct markup_events *events,
                void *context, size_t *out_used, struct err *err);
