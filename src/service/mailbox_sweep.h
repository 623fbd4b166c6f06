/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Sweep: one visit to a mailbox, from the login to the logout.
 *
 * What a sweep learns stays in its state for the next one. Mails are fetched in
 * batches of at most a hundred; all but the last of a batch are committed before
 * the last, with which the position is written: it never stands before a mail
 * that is not stored.
 */

#include "base/map.h"
#include "net/imap.h"
#include "net/mail_url.h"
#include "service/mailbox.h"
#include "service/mailbox_batch.h"
#include "service/mailbox_large.h"
#include "store/position.h"

struct store;

/* What is known of a mailbox of IMAP. */
struct mailbox_imap {
    uint32_t uidvalidity; /* 0 unknown */
    uint32_t stored;      /* up to here all is stored; in the store */
    uint32_t settled;     /* up to here all is done as configured; likewise */
    uint32_t passed;      /* up to here all has been looked at */
    uint32_t held;        /* first mail that could not be had, 0 for none: the
                             position stays before it */
    uint32_t careful;     /* up to here one mail at a time is fetched */
    uint32_t failed;      /* the mail that ended the last connection */
    unsigned n_failed;    /* so often */
    bool is_settling;     /* `settled` stands in the store */
    struct mailbox_large large; /* passed over for their size */
    struct imap_uids aside;     /* too large or not to be had; by UID */
    struct imap_uids waiting;   /* held reports, nothing done to them yet */
};

/* What is known of a mail of POP3; values of the map. */
enum mailbox_uidl {
    MAILBOX_UIDL_NEW,
    MAILBOX_UIDL_KEPT,   /* stored; whether it held a report is not known */
    MAILBOX_UIDL_REPORT, /* stored, held a report */
    MAILBOX_UIDL_OTHER,  /* stored, held none: stays */
    MAILBOX_UIDL_ASIDE   /* too large or not to be had; told */
};

struct mailbox_pop3 {
    struct map uidls;  /* of the mails that were listed last */
    char *failed;      /* the mail that ended the last connection, or NULL */
    unsigned n_failed; /* so often */
};

struct mailbox_sweep {
    const struct mailbox_options *options;
    struct mail_url url;
    char place[MAIL_URL_BYTES]; /* the URL in its one form: items begin so */
    char destination[3 * MAIL_URL_USER_BYTES + 8];
    struct intake_origin origin;
    struct mailbox_sink sink;
    int stop_fd;

    /* Called for a mail that is left in the mailbox unread, once. */
    void (*left)(void *context, const char *label, const char *why);
    void *context; /* of left */

    struct mailbox_imap imap;
    struct mailbox_pop3 pop3;
    struct mailbox_batch batch;
    enum mail_trouble trouble; /* why the last sweep failed */
    bool is_stored; /* positions are those of a store, not of this run alone */
};

/*
 * Readies a sweep; sink, stop_fd and left are the caller's to fill.
 * Returns: 0, -1 with err (ERR_USAGE).
 */
int mailbox_sweep_init(struct mailbox_sweep *sweep,
                       const struct mailbox_options *options, struct err *err);

/* Frees what it knows. */
void mailbox_sweep_deinit(struct mailbox_sweep *sweep);

/* Reads from a store where the mailbox stood. Returns: 0, -1 with err. */
int mailbox_sweep_load(struct mailbox_sweep *sweep, struct store *store,
                       struct err *err);

/*
 * Visits the mailbox once.
 * Returns: 0, -1 with err and sweep->trouble.
 */
int mailbox_sweep_run(struct mailbox_sweep *sweep, struct err *err);

/* The visit by each protocol, logged in with `link`; for mailbox_sweep_run. */
int mailbox_sweep_imap(struct mailbox_sweep *sweep,
                       const struct mail_link_options *link, struct err *err);
int mailbox_sweep_pop3(struct mailbox_sweep *sweep,
                       const struct mail_link_options *link, struct err *err);

/* Takes a stored item of this mailbox, its place cut off. For
 * mailbox_sweep_load. Returns: 0, -1 with err. */
int mailbox_imap_load(struct mailbox_imap *imap, const char *item,
                      const char *value, struct err *err);
int mailbox_pop3_load(struct mailbox_pop3 *pop3, const char *item,
                      const char *value, struct err *err);

/* Adds a position alone to the batch. Returns: 0, -1 with err. */
int mailbox_sweep_place(struct mailbox_sweep *sweep, const char *item,
                        const char *value, struct err *err);

/* Names an item of this mailbox: its place, a blank, the item. Returns: out. */
enum { MAILBOX_ITEM_BYTES = MAIL_URL_BYTES + 256 };
const char *mailbox_sweep_item(const struct mailbox_sweep *sweep,
                               const char *item,
                               char out[static MAILBOX_ITEM_BYTES]);

/* Tells that a mail is left in the mailbox, and why. */
void mailbox_sweep_leave(const struct mailbox_sweep *sweep, const char *label,
                         const char *why);

/* The largest mail that is taken. */
size_t mailbox_sweep_max_bytes(const struct mailbox_sweep *sweep);
