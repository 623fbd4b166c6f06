/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Parcel: octets on their way out of containers, with what is known of them.
 *
 * Opening a container makes a parcel of what was in it, which inherits name,
 * place and findings of the outer one; at the end a parcel is given to the
 * caller of unwrap_each as a candidate, or refused.
 */

#include "unwrap/unwrap.h"
#include "unwrap/unwrap_finding.h"

/* One call of unwrap_each. */
struct unwrap_run {
    struct arena *arena;
    unwrap_function *function;
    void *context;
    struct err *err;
    size_t octets_left; /* that containers may still inflate to */
    unsigned n_candidates;
};

struct parcel {
    struct slice octets;
    char *writable;         /* the same octets where they are ours, or NULL */
    const char *name;       /* the best known, or NULL */
    const char *media_type; /* of the mail part, "" where absent, NULL where
                               this was no mail part */
    const char *place;      /* for findings, "" outside */
    bool is_xml;            /* text that begins like XML */
    const struct mail_header *mail;
    struct finding_list findings;
    unsigned n_containers; /* gzip and zip around it */
    unsigned n_mails;      /* mails around it, enclosed ones not counted */
};

/*
 * Makes the parcel of what was in `outer`: same findings, one step further in.
 * place: such as "gzip", or NULL to stay in place.
 * Returns: 0, -1 with run->err.
 */
int parcel_init_inner(struct unwrap_run *run, const struct parcel *outer,
                      const char *place, struct parcel *inner);

/* Adds a finding at the parcel's place; value may be empty. */
void parcel_note(struct parcel *parcel, enum unwrap_finding finding,
                 const char *value);

/*
 * Takes a name from further in: kept where none is known yet, or where it has
 * the form of RFC 8460 section 5.1 ("!" between its fields), which tells most.
 * Names that are no UTF-8 are not taken.
 * Returns: 0, -1 with run->err.
 */
int parcel_take_name(struct unwrap_run *run, struct parcel *parcel,
                     struct slice name);

/* Gives the octets as text. Returns: what unwrap_each is to return. */
int parcel_give(struct unwrap_run *run, struct parcel *parcel);

/*
 * Gives a refusal with a finding for it. reason: a sentence without stop, kept
 * by copy.
 * Returns: what unwrap_each is to return.
 */
int parcel_refuse(struct unwrap_run *run, struct parcel *parcel,
                  enum unwrap_finding finding, const char *reason);

/*
 * Opens what the octets are, down to candidates.
 * Returns: what unwrap_each is to return.
 */
int parcel_open(struct unwrap_run *run, struct parcel *parcel);

/*
 * Tells whether octets found among others may be a report: by themselves, else
 * by name or media type (NULL where unknown).
 */
bool parcel_may_be_report(struct slice octets, const char *name,
                          const char *media_type);
