/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Reading: from the octets of one input to what will be stored.
 *
 * Pure work on octets of strangers, so that it can be done where nothing can be
 * touched: no store, no DNS, no clock. What is read is handed on item by item;
 * a signed mail's signatures go with each of its items, to be judged by whoever
 * knows the keys.
 */

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "intake/source.h"
#include "mail/dkim.h"
#include "store/put.h"

/* Whether an input was read at all. */
enum intake_unread {
    INTAKE_READ,
    INTAKE_UNREAD,    /* it cannot be: refused */
    INTAKE_UNREAD_YET /* refused for now, to be read again aside */
};

/* Why an input was left unread. */
enum intake_unread_reason {
    INTAKE_UNREAD_CRASH,
    INTAKE_UNREAD_LATE,
    INTAKE_UNREAD_SLOW, /* for now */
    INTAKE_UNREAD_REASON_COUNT
};

/* The finding that says so. Owns: it is static. */
const struct store_finding *intake_unread_finding(
    enum intake_unread_reason reason);

/* What is read of an input: a report, or a refusal. */
struct intake_item {
    const char *refused; /* the reason, or NULL */
    enum intake_unread unread;
    const struct store_report *rows; /* a report without raw_hash, input, proof,
                                        standing and arrival; or NULL */
    const struct store_finding *findings; /* of a refusal */
    size_t n_findings;
    const char *contact_domain;   /* of contact-info, "" where it has none */
    const char *submitter_domain; /* TLS-Report-Submitter of the mail, "" */
    const struct dkim *dkim; /* of a mail whose way is to be proven, or NULL;
                                lives as long as the input is read */
};

/* Who takes the items of an input. */
struct intake_sink {
    struct arena *arena; /* in which they are made */

    /* Called before each item: makes room in the arena, room_bytes beside what
     * it may take in any case. Returns: 0, else the reading ends with it. */
    int (*ready)(void *context, size_t room_bytes, struct err *err);

    /* Takes an item. Returns: 0 to go on, else the reading ends with it. */
    int (*take)(void *context, const struct intake_item *item, struct err *err);
    void *context;
};

/*
 * Reads one input, at least one item long.
 * Returns: 0; what the sink returned; -1 with err (ERR_MEMORY).
 */
typedef int intake_reading_function(void *context,
                                    const struct intake_source_input *input,
                                    const struct intake_sink *sink,
                                    struct err *err);

struct intake_reading;

/*
 * Readies the reading in this process.
 * organization_key: the key that spellings of one organisation share; text in
 * arena or static, NULL when out of memory.
 * Returns: 0, -1 with err (ERR_MEMORY).
 */
int intake_reading_new(const char *(*organization_key)(struct arena *arena,
                                                       const char *name),
                       struct intake_reading **out_reading, struct err *err);

/* Frees it. NULL is allowed. */
void intake_reading_free(struct intake_reading *reading);

/* An intake_reading_function whose context is a struct intake_reading. */
int intake_reading_read(void *context, const struct intake_source_input *input,
                        const struct intake_sink *sink, struct err *err);
