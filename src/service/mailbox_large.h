/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Large: which mails of a mailbox of IMAP were passed over for their size, so that
 * they are fetched when the limit is raised.
 *
 * The lowest of them and the limit of then are enough: what is above it, was there
 * then and is within that limit has been fetched.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mailbox_large {
    uint32_t uidvalidity; /* of the mailbox when it was noted */
    uint32_t uid;         /* the lowest; 0 none was passed over */
    uint64_t limit;       /* in octets, the lowest of then */
    uint32_t until;       /* up to here mails are looked at again; 0 none is */
    uint32_t still;       /* the lowest of them that is too large again, or 0 */
};

enum { MAILBOX_LARGE_BYTES = 64 };

/* Reads it as it was stored. Returns: 0; -1 where it is none. */
int mailbox_large_parse(const char *value, struct mailbox_large *out_large);

/* Writes it as it is stored. Returns: out. */
const char *mailbox_large_format(const struct mailbox_large *large,
                                 char out[static MAILBOX_LARGE_BYTES]);

/*
 * Begins to look again, where the limit has been raised. passed: up to here all
 * has been looked at. Returns: passed, or what it is set back to.
 */
uint32_t mailbox_large_begin(struct mailbox_large *large, uint64_t limit,
                             uint32_t uidvalidity, uint32_t passed);

/* Tells whether a mail was fetched before, while others are looked at again. */
bool mailbox_large_is_known(const struct mailbox_large *large, uint32_t uid,
                            uint64_t size);

/* Notes a mail that is passed over. Returns: whether that is to be stored now. */
bool mailbox_large_note(struct mailbox_large *large, uint32_t uidvalidity,
                        uint32_t uid, uint64_t limit);

/* Ends looking again where all up to `passed` is done. Returns: whether what is
 * left, which may be none, is to be stored now. */
bool mailbox_large_end(struct mailbox_large *large, uint32_t passed,
                       uint64_t limit);
