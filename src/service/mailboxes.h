/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * All mailboxes of a daemon, started and stopped together.
 */

#include "service/mailbox.h"

struct mailboxes;

/*
 * Starts n mailboxes, as mailbox_start does each.
 * receiving: what the receiver was started with.
 * Returns: 0, -1 with err.
 */
int mailboxes_start(const struct mailbox_options *options, size_t n,
                    const struct receiver_options *receiving,
                    struct receiver *receiver, struct mailboxes **out_mailboxes,
                    struct err *err);

/* Ends all of them and waits, before the receiver is stopped. NULL is
 * allowed. */
void mailboxes_stop(struct mailboxes *mailboxes);
