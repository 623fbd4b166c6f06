/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Finding: what is wrong or odd in somebody's input.
 *
 * A bad report is not an error: reading goes on and leaves findings. A room
 * that yields findings keeps a table of struct finding_kind: stable code,
 * severity, RFC section, the sentence for people and what to do. A finding is a
 * pointer into that table, the place and, where it helps, the value met; no text
 * is formatted while reading. One type for reports, records, checks, web and
 * cli.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/slice.h"

enum finding_severity {
    FINDING_INFO,     /* worth knowing, nothing to do */
    FINDING_WARNING,  /* deviates from the RFC, meaning is clear */
    FINDING_ERROR,    /* something could not be taken as it stands */
    FINDING_CRITICAL, /* the input as a whole cannot be used */
    FINDING_SEVERITY_COUNT
};

struct finding_kind {
    const char *code;               /* stable, e.g. "count-negative" */
    enum finding_severity severity; /* how much it matters */
    const char *rfc;                /* "RFC 8460 section 4.4", or "" */
    const char *message;            /* a sentence for people, no stop */
    const char *fix;                /* what to do about it, "" if nothing */
};

struct finding {
    const struct finding_kind *kind; /* static table row */
    const char *where;               /* JSON pointer, "octet N", host; or "" */
    const char *value;               /* what was met, cut short; or NULL */
    size_t
        n_same; /* findings of its kind that were met, on the first of them */
};

struct finding_list {
    struct arena *arena;   /* where items and texts live */
    struct finding *items; /* in order of appearance */
    size_t n_items;
    size_t capacity;
    size_t n_dropped; /* findings beyond FINDING_KIND_MAX, or out of memory */
};

enum {
    /* A report of 50,000 equal faults names these of them and counts the rest;
     * each other kind of fault has room all the same. */
    FINDING_KIND_MAX = 10,
    FINDING_VALUE_BYTES = 80 /* what is kept of a value met */
};

/* Readies an empty list that allocates from arena. */
void finding_list_init(struct finding_list *list, struct arena *arena);

/*
 * Tells whether the list takes one more finding of this kind; where it does not,
 * counts it as dropped. For callers whose place costs something to spell.
 */
bool finding_list_takes(struct finding_list *list,
                        const struct finding_kind *kind);

/*
 * Appends a finding, unless FINDING_KIND_MAX of its kind are there. where is
 * borrowed (give it the arena's lifetime); value is copied, cut at
 * FINDING_VALUE_BYTES between characters. Out of memory counts as dropped.
 */
void finding_list_add(struct finding_list *list,
                      const struct finding_kind *kind, const char *where,
                      struct slice value);

/* "info", "warning", "error", "critical". */
const char *finding_severity_name(enum finding_severity severity);

/*
 * Finds a row by its code in a table of n rows.
 * Returns: the row, or NULL.
 */
const struct finding_kind *finding_kind_find(const struct finding_kind *table,
                                             size_t n, struct slice code);
