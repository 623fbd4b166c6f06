/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Polled: the sources that are looked at, folders and mailboxes, as settings
 * name them; stopped and started anew where new settings differ.
 */

#include "base/err.h"
#include "service/receiver.h"
#include "service/settings.h"

struct polled;

/*
 * Starts all folders and mailboxes of settings, in threads of their own (block
 * signals before). receiving: what the receiver, which must outlive them, was
 * started with; its strings must stay, too.
 * Returns: 0, -1 with err.
 */
int polled_start(struct settings *settings,
                 const struct receiver_options *receiving,
                 struct receiver *receiver, struct polled **out_polled,
                 struct err *err);

/*
 * Goes by new settings: folders and mailboxes stay as they are where nothing of
 * them is changed, else are stopped, after what was given is done, and started.
 * Returns: 0, -1 with err: those are stopped until new settings come.
 */
int polled_use(struct polled *polled, struct settings *settings,
               struct err *err);

/* Stops all and frees, before the receiver is stopped. NULL is allowed. */
void polled_stop(struct polled *polled);
