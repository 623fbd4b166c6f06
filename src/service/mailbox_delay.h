/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * How long a mailbox waits before it is asked again.
 *
 * Its interval while it works; after a failure a short while that doubles, up to
 * a maximum. A refused login is tried rarely from the first, because servers lock
 * accounts. Each wait is a tenth longer or shorter, by chance, so that many
 * mailboxes of one server do not all come at once.
 */

#include <stdint.h>

#include "net/mail_link.h"

struct mailbox_delay {
    int64_t interval_ms;
    int64_t retry_ms; /* the last one, 0 while it works */
    enum mail_trouble trouble;
};

/* interval_s: 0 = SERVICE_MAILBOX_INTERVAL_S. */
void mailbox_delay_init(struct mailbox_delay *delay, int64_t interval_s);

/* The wait after a visit that went so; milliseconds. */
int64_t mailbox_delay_next(struct mailbox_delay *delay,
                           enum mail_trouble trouble);
