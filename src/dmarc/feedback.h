/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Feedback: where in a document the reader stands, and what it has so far.
 *
 * A stack of elements, innermost last; a place such as
 * /feedback/record[3]/row/count is only spelt out where a finding needs it.
 * Private to the room.
 */

#include "base/buffer.h"
#include "base/list.h"
#include "dmarc/dmarc.h"
#include "dmarc/finding.h"
#include "dmarc/limits.h"
#include "dmarc/schema.h"

enum { FEEDBACK_NAME_BYTES = 48 /* of an unknown element, for its place */ };

/* One element that is open. */
struct feedback_element {
    const struct schema_row *row;   /* NULL: no RFC knows it */
    enum schema_node node;          /* what stands in it belongs to this */
    char name[FEEDBACK_NAME_BYTES]; /* of an unknown one, cut */
    size_t index;                   /* 1 for the first of a kind that repeats,
                                      0: no index in its place */
    size_t text_at;                 /* start of its text in feedback->text */
    bool is_cut;                    /* its text was longer */
    bool is_kept;                   /* goes to others at its end */
    bool has_children;
    uint64_t seen; /* rows met in it, by number in the table */
};

struct feedback {
    struct arena *arena;
    struct list reports; /* of struct dmarc_report */

    /* The report being read. */
    struct dmarc_report report;
    bool is_open; /* inside of <feedback> */

    /* Gathered of it; each list but records empties with its owner. */
    struct list records;
    struct list others;
    struct list errors;
    struct list reasons;
    struct list dkims;
    struct list spfs;
    struct dmarc_record record; /* the one being read */
    struct dmarc_reason reason;
    struct dmarc_dkim dkim;
    struct dmarc_spf spf;
    bool has_count; /* of the record */
    size_t n_extensions;

    struct buffer text; /* of all open elements */
    struct feedback_element elements[DMARC_MAX_DEPTH];
    size_t n_elements;
    size_t n_unknown; /* against DMARC_MAX_UNKNOWN */

    /* The value a row had last: most records repeat most values. */
    const char *last[SCHEMA_MAX_ROWS];
};

/* Readies to read one text. */
void feedback_init(struct feedback *feedback, struct arena *arena);

/* Frees its scratch memory. */
void feedback_deinit(struct feedback *feedback);

/* The innermost open element, NULL where there is none. */
struct feedback_element *feedback_top(struct feedback *feedback);

/*
 * Spells the place of the innermost element, with `member` of it where that is
 * not NULL.
 * Returns: text in the arena, "" when out of memory.
 */
const char *feedback_place(struct feedback *feedback, const char *member);

/* Adds a finding about the innermost element to the report being read. */
void feedback_note(struct feedback *feedback, enum dmarc_finding finding,
                   struct slice value);

/* As feedback_note, about `member` of it, which is a name or a short path. */
void feedback_note_member(struct feedback *feedback, enum dmarc_finding finding,
                          const char *member, struct slice value);

/* As feedback_note, about the text as a whole and a report that was read. */
void feedback_note_report(struct dmarc_report *report,
                          enum dmarc_finding finding);

/*
 * Keeps a value that has no field, of the innermost element or, where that is
 * not NULL, of `member` of it.
 * Returns: 0, -1 with err (memory).
 */
int feedback_keep(struct feedback *feedback, const char *member,
                  struct slice value, struct err *err);
