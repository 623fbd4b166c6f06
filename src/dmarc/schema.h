/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Schema: which elements a report has, and what becomes of them.
 *
 * One table for both RFCs: an element belongs to the one around it, whatever
 * its place among its siblings (RFC 9990 section 3.1.1.2: readers accept any
 * order). Private to the room.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* Elements that hold others. */
enum schema_node {
    SCHEMA_ROOT, /* around <feedback>: nothing, or what is not ours */
    SCHEMA_FEEDBACK,
    SCHEMA_METADATA,
    SCHEMA_DATE_RANGE,
    SCHEMA_POLICY,
    SCHEMA_RECORD,
    SCHEMA_ROW,
    SCHEMA_EVALUATED,
    SCHEMA_REASON,
    SCHEMA_IDENTIFIERS,
    SCHEMA_RESULTS,
    SCHEMA_DKIM,
    SCHEMA_SPF,
    SCHEMA_EXTENSION, /* RFC 9990: anything may stand in it */
    SCHEMA_OTHER,     /* what no RFC knows */
    SCHEMA_NODE_COUNT
};

/* What an element's content is read as. */
enum schema_type {
    SCHEMA_CONTAINER, /* other elements */
    SCHEMA_TEXT,
    SCHEMA_TEXTS, /* one of several, to a list */
    SCHEMA_WORD,  /* one of `words`, in lower case */
    SCHEMA_DOMAIN,
    SCHEMA_ADDRESS,
    SCHEMA_MESSAGES, /* a count */
    SCHEMA_BEGIN,    /* Unix seconds */
    SCHEMA_END,
    SCHEMA_PERCENT,
    SCHEMA_TYPE_COUNT
};

struct schema_row {
    enum schema_node parent;
    const char *name;
    enum schema_type type;
    enum schema_node node; /* of a container */
    size_t offset;         /* of the field in the parent's struct */
    const char *words;     /* of a word, blank between, before and behind */
    bool may_repeat;
    bool may_be_empty;
};

enum { SCHEMA_MAX_ROWS = 64 };

/* The table; *out_n gets its rows, at most SCHEMA_MAX_ROWS. */
const struct schema_row *schema_rows(size_t *out_n);

/*
 * Finds the row of an element by its local name. Capitals and "-" for "_" are
 * understood, and "identities", which drafts of 2012 had for "identifiers".
 * *out_is_odd tells whether the name was such another one.
 * Returns: the row, NULL where no RFC knows the element there.
 */
const struct schema_row *schema_find(enum schema_node parent,
                                     struct slice local, bool *out_is_odd);

/* Tells whether a namespace is one of DMARC reports; the empty one is, too. */
bool schema_is_space(struct slice uri);
