/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * What an IMAP server says, taken apart.
 *
 * Octets of a stranger and of mails that strangers wrote: a literal is skipped
 * by its length, never looked into, so that no mail can speak for the server. No
 * socket and no memory of its own; slices point into the octets given.
 * RFC: 3501 section 9, 4731, 6851.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum imap_status {
    IMAP_DATA, /* no status */
    IMAP_OK,
    IMAP_NO,
    IMAP_BAD,
    IMAP_BYE,
    IMAP_PREAUTH
};

struct imap_reply {
    struct slice tag;        /* empty: untagged; "+": continuation */
    enum imap_status status; /* of a status reply */
    struct slice code;       /* of a status: what stands in [], or empty */
    struct slice text;       /* of a status: for people */
    uint32_t number;         /* of data: "* 5 EXISTS", or 0 */
    struct slice name;       /* of data: "EXISTS", "FETCH", "SEARCH", ... */
    struct slice rest;       /* of data: what stands behind the name */
};

enum imap_length {
    IMAP_WHOLE,
    IMAP_PART,    /* more octets are needed */
    IMAP_TOO_LONG /* a literal of more than max_literal is announced */
};

/*
 * Measures the first reply of the input: lines, and literals between them.
 * out_bytes gets its octets, the last line end included, for IMAP_WHOLE.
 */
enum imap_length imap_reply_measure(struct slice input, size_t max_literal,
                                    size_t *out_bytes);

/*
 * Takes a whole reply apart.
 * Returns: 0, -1 where it is none of IMAP.
 */
int imap_reply_parse(struct slice whole, struct imap_reply *out_reply);

/* What a FETCH reply says of one mail. */
struct imap_mail {
    uint32_t uid;  /* 0 where it does not say */
    uint64_t size; /* RFC822.SIZE */
    bool has_size;
    bool has_body;
    struct slice body; /* BODY[], empty for NIL */
};

/* Reads the rest of a FETCH reply. Returns: 0, -1 where it makes no sense. */
int imap_reply_mail(struct slice rest, struct imap_mail *out_mail);

/*
 * Takes the next number off the rest of a SEARCH reply; what is none is passed
 * over.
 * Returns: 0, 1 at the end.
 */
int imap_reply_number(struct slice *rest, uint32_t *out_number);

/* Reads "NAME number" of a status code. Returns: 0, 1 where it is another. */
int imap_reply_code(struct slice code, const char *name, uint32_t *out_number);

/* Tells whether a list of words, as of CAPABILITY, holds one, in any case. */
bool imap_reply_has_word(struct slice words, const char *word);
