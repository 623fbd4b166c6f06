/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Desk: what delivers by one set of settings, and what is handed to it.
 *
 * Keys, the resolver and the crew's threads are those of the settings; new ones
 * take a new desk. It says what may begin: no more at a host in a minute than is
 * set, and no more at a time than leaves threads for others.
 */

#include <stdbool.h>

#include "base/map.h"
#include "net/resolver.h"
#include "service/crew.h"
#include "store/outbox.h"

struct desk;

struct desk_options {
    const struct outgoing_settings *settings; /* must outlive it */
    const char *outbox_url;
    struct outbox *outbox; /* of the calling thread; must outlive it */
    const struct clock *clock;
    const struct resolver_options *resolver;
    struct map *proven; /* as that of proving.h; must outlive it */
    int wake_fd;        /* as crew's */
};

/*
 * Opens it (block signals before), and says in the log what will not go out.
 * Owns: the caller, desk_close, after -1 nothing.
 * Returns: 0, -1 with err, as letters_open, consent_start and crew_start.
 */
int desk_open(const struct desk_options *options, struct desk **out_desk,
              struct err *err);

/*
 * Hands out what is due, where the relay was seen to sign if it is to (proving.h).
 * *out_is_held: whether something is due that waits for the next minute.
 * Returns: 0; 1 where more is due than it takes at the moment; -1 with err.
 */
int desk_hand_out(struct desk *desk, bool *out_is_held, struct err *err);

/* How many deliveries it has, under way or waiting for a thread. */
size_t desk_count(struct desk *desk);

/* What became of them, as crew_sums. */
struct crew_sums desk_sums(struct desk *desk, struct err *out_err);

/* Closes it, as crew_end. NULL is allowed. */
void desk_close(struct desk *desk);
