/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Receiver: the one thread that writes what live sources bring.
 *
 * Takes whatever waits, reads it, commits, and only then tells each source that
 * its input is kept. A store that fails is tried again; until then everything is
 * answered "later", so that nothing is lost and nobody is told a lie. What could
 * not be judged at once, because DNS had not answered, is judged here later.
 */

#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "intake/import.h"
#include "service/care.h"
#include "service/recipient_from.h"
#include "store/position.h"

struct receiver;
struct reader;

/* Longer than the name of any tenant. */
enum { RECEIVER_TENANT_BYTES = 128 };

/* One input on its way. The source owns it until `done` is called. */
struct receiver_delivery {
    struct slice octets; /* as they came in; must stay until done */
    const void *mail;    /* the mark of all that share its octets, while one of
                            them waits; NULL: it has its own */
    const char *label;   /* where from, for people; must stay, too */
    const struct intake_origin *origin; /* must stay, too */

    /* Where the source stands with it, written together with what it holds; must
     * stay, too. Or NULL. Without octets (ptr NULL) it is all there is. */
    const struct store_position *position;

    /* How the tenant is found that it came for, in place of the origin's. */
    enum recipient_from recipient_from;

    struct intake_outcome outcome; /* the receiver's; of what is kept */

    /* Called in the receiver's thread, once for each delivery given. is_kept:
     * stored, a duplicate or in quarantine, and committed; else try again. */
    void (*done)(struct receiver_delivery *delivery, bool is_kept);

    struct receiver_delivery *next; /* the receiver's */
    struct intake_origin mapped;    /* likewise: the origin, with that tenant */
    char tenant[RECEIVER_TENANT_BYTES];
};

struct receiver_options {
    const char *store_url;
    const struct clock *clock;

    /* Reads inputs in a worker, asked in the receiver's thread; NULL: they are
     * read in this process. */
    struct reader *reader;

    /* Reads again aside what takes long, or was read by an older version; NULL:
     * nothing is read again. Another one than `reader`, asked in a thread of its
     * own. */
    struct reader *aside_reader;

    /* What is known of keys and domains, asked in the receiver's thread. */
    struct intake_judges judges;

    /* Finds the tenant that a mail came for, with the context of the judges, in
     * the thread of who gives it. Returns: whether out has its name. NULL: none
     * is found. */
    bool (*find_tenant)(void *context, struct slice octets,
                        enum recipient_from from,
                        char out[static RECEIVER_TENANT_BYTES]);

    /* What the store is kept to; all zero: nothing goes, nothing is reserved. */
    struct care_options care;

    /* Called when the store begins to fail (text) and when it works again
     * (NULL), in the receiver's thread. May be NULL. */
    void (*state)(void *context, const char *text);
    void *context; /* of state */
};

/*
 * Opens the store for writing and starts the thread.
 * Returns: 0, -1 with err.
 */
int receiver_start(const struct receiver_options *options,
                   struct receiver **out_receiver, struct err *err);

/*
 * Gives an input, from any thread.
 * Returns: 0, 1 where the queue is full or the receiver ends: not taken, `done`
 * is not called.
 */
int receiver_give(struct receiver *receiver,
                  struct receiver_delivery *delivery);

/* Has what waits for an answer of DNS judged again soon, if it is due. From any
 * thread. is_recovered: all that waits is due. */
void receiver_wake(struct receiver *receiver, bool is_recovered);

/* Has what stands unclaimed looked at, since other domains may be ours now, as at
 * the start. From any thread. */
void receiver_claim(struct receiver *receiver);

/* Keeps the store to something else from now on. From any thread. */
void receiver_set_care(struct receiver *receiver,
                       const struct care_options *options);

/* Ends after all that was given is done, and frees. NULL is allowed. */
void receiver_stop(struct receiver *receiver);
