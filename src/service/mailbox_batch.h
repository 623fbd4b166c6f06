/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Mails on their way from a mailbox into the store, and where they are kept.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "service/receiver.h"

/* One mail, or a position alone (no octets). */
struct mailbox_mail {
    struct receiver_delivery delivery;
    struct store_position position; /* of the delivery, where it has one */
    char *octets;
    char *label;
    char *item;       /* of the position */
    char *value;      /* likewise, NULL to drop the item */
    void *waiter;     /* the sink's */
    uint32_t number;  /* UID, or number of the session */
    const char *uidl; /* of POP3, the session's */
    bool is_kept;     /* committed */
};

/* Where mails are kept. */
struct mailbox_sink {
    /*
     * Takes a mail, which the caller keeps until `settle`.
     * Returns: 0, -1 with err: not taken.
     */
    int (*put)(void *context, struct mailbox_mail *mail, struct err *err);

    /* Waits until what was taken is kept or refused, as is_kept tells.
     * Returns: 0, -1 with err. */
    int (*settle)(void *context, struct err *err);

    void *context;
};

/* Mails that are kept together, in the order they were added. */
struct mailbox_batch {
    struct mailbox_mail **mails;
    size_t n;
    size_t capacity;
    size_t n_put;
    size_t bytes;
};

/* Frees the mails; the batch may be used again. */
void mailbox_batch_clear(struct mailbox_batch *batch);

/* Frees everything. */
void mailbox_batch_deinit(struct mailbox_batch *batch);

/*
 * Adds a mail. octets: malloc'ed and taken over, also on failure.
 * Returns: the mail, NULL when out of memory.
 */
struct mailbox_mail *mailbox_batch_add(struct mailbox_batch *batch,
                                       char *octets, size_t bytes,
                                       const char *label, uint32_t number,
                                       const struct intake_origin *origin);

/* Gives a mail the position that is written with it. value NULL drops the item.
 * Returns: 0, -1 with err. */
int mailbox_mail_place(struct mailbox_mail *mail, const char *item,
                       const char *value, struct err *err);

/* Puts the next n mails and waits for them. Returns: 0 when all are kept, -1
 * with err. */
int mailbox_batch_keep(struct mailbox_batch *batch, size_t n,
                       const struct mailbox_sink *sink, struct err *err);

/* Tells whether what was kept of a mail is a report, known before or not. */
bool mailbox_mail_has_report(const struct mailbox_mail *mail);
