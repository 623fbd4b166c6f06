/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reading: what the files of this room share while they read one message.
 * Only for this room.
 */

#include "base/buffer.h"
#include "mail/mail.h"

struct reading {
    struct arena *arena;
    struct slice message;  /* what gmime reads; parts point into it */
    char *writable;        /* the same where it is a copy, or NULL */
    struct buffer decoded; /* the part that is being looked at */
    const struct mail_header *header; /* in the arena */
    unsigned oddities;                /* of the mail as a whole */
    unsigned n_parts;                 /* met so far */
    mail_part_function *function;
    void *context;
    struct err *err;
};

/*
 * Keeps text in the arena as valid UTF-8, at most MAIL_MAX_NAME_BYTES of it.
 * *out stays as it is where text.ptr is NULL.
 * Returns: 0, -1 with r->err.
 */
int reading_keep_text(struct reading *r, struct slice text, const char **out);

/* Readies gmime, which registers its types once; to be called before the first
 * use of it, wherever that is. Two threads may come here first together. */
void reading_prepare_library(void);

/*
 * Keeps the value of a header field as text: unfolded, encoded-words decoded.
 * Returns: 0, -1 with r->err.
 * RFC: 5322 section 2.2.3, 2047.
 */
int reading_keep_field(struct reading *r, struct slice raw, const char **out);
