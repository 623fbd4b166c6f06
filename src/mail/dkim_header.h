/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * The header of a message as it was mailed, field by field, for DKIM.
 *
 * Only for this room. Fields of one name are a chain from the last to the
 * first, so that a signature that names thousands of them costs no more than
 * their octets. Nothing is decoded or unfolded. RFC: 6376 section 3.4.1, 3.4.2,
 * 5.4.2.
 */

#include "base/err.h"
#include "base/map.h"
#include "mail/dkim_body.h"
#include "mail/dkim_sink.h"

#define DKIM_HEADER_NONE SIZE_MAX

struct dkim_field {
    struct slice octets; /* with folded lines and the line end */
    size_t name_len;     /* of the name, without blanks before the colon */
    size_t value;        /* octet behind the colon */
    size_t above;        /* next field of the name, or DKIM_HEADER_NONE */
};

/* One field name and its fields. */
struct dkim_name {
    size_t bottom;   /* the last field of the name */
    size_t next;     /* the last one that is not signed yet */
    size_t n_fields; /* how many there are */
    size_t n_signed; /* taken by dkim_header_take since dkim_header_rewind */
};

struct dkim_header {
    struct dkim_field *fields; /* in the arena, from first to last */
    size_t n_fields;
    struct dkim_name *names; /* in the arena */
    size_t n_names;
    struct map numbers; /* name in lower case to its number in names, from 1 */
    bool is_malformed;  /* a line is neither a field nor folded */
};

/*
 * Reads the header of a message; *out_body gets what follows the empty line.
 * Owns: arrays live in the arena, the rest is freed by dkim_header_deinit.
 * Returns: 0; -1 with err.
 * Errors: ERR_LIMIT (MAIL_MAX_HEADER_BYTES, MAIL_MAX_FIELDS), ERR_MEMORY.
 */
int dkim_header_read(struct arena *arena, struct slice message,
                     struct dkim_header *out_header, struct slice *out_body,
                     struct err *err);

/* Frees it. A header that is all zero is allowed. */
void dkim_header_deinit(struct dkim_header *header);

/* Finds a name, letter case aside. Returns: it, or NULL where no field has it. */
struct dkim_name *dkim_header_find(const struct dkim_header *header,
                                   struct slice name);

/* Begins a signature: no field is signed yet. */
void dkim_header_rewind(struct dkim_header *header);

/*
 * Takes the next field of a name, from the last to the first.
 * Returns: its number, or DKIM_HEADER_NONE where none is left.
 */
size_t dkim_header_take(struct dkim_header *header, struct slice name);

/*
 * Adds a field in a canonical form, with a line end behind it where it is not
 * the last one. octets may be those of a changed copy of the field.
 */
void dkim_header_add(struct dkim_sink *sink, const struct dkim_field *field,
                     enum dkim_canon canon, bool is_last);
