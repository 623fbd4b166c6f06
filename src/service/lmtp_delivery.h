/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * A mail by LMTP on its way to the store: once for each tenant and destination.
 *
 * Its recipients may mean several tenants, and a record may name any of them;
 * each recipient is answered by what became of it for him. Nearly always that is
 * one delivery.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "net/loop.h"
#include "service/receiver.h"
#include "service/settings.h"

struct lmtp_delivery;

struct lmtp_delivery_options {
    struct loop *loop;
    struct receiver *receiver;
    struct settings *settings;       /* held until the end */
    const struct settings_lmtp *row; /* the listener's, in settings */
    struct slice octets;             /* must stay until done */
    const char *const *recipients;
    size_t n_recipients; /* SERVICE_LMTP_RECIPIENTS at most */
    loop_function *done; /* in the loop's thread, when all is decided */
    void *context;
};

/*
 * Gives a mail to the receiver, in the loop's thread.
 * Owns: the caller frees *out_delivery, after done.
 * Returns: 0; 1 where nothing was taken and done is not called: try again.
 */
int lmtp_delivery_give(const struct lmtp_delivery_options *options,
                       struct lmtp_delivery **out_delivery);

/* Tells whether the mail is kept for a recipient, by his index; else it is to come
 * again for him. */
bool lmtp_delivery_is_kept(const struct lmtp_delivery *delivery, size_t index);

/* Frees it, when the receiver has no part of it. NULL is allowed. */
void lmtp_delivery_free(struct lmtp_delivery *delivery);
