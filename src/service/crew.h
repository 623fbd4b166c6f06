/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Crew: the threads that run errands, each with an outbox handle of its own.
 *
 * Few, because a delivery mostly waits for somebody else, and because a relay is
 * not to be flooded. What is given is run in the order it came, but of one peer only
 * some at a time, so that one that falls silent leaves threads for the others; and of
 * all hosts that did not answer soon when they were last met, or never yet, half of
 * the threads, so that several of these leave some to those that did.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "service/errand.h"

struct crew;

struct crew_options {
    struct errand_kit kit; /* its stop_fd is the crew's own */
    const char *outbox_url;
    size_t n_threads;
    int wake_fd; /* an eventfd that is written when an errand has ended */
};

/* What became of all errands so far. */
struct crew_sums {
    size_t fates[ATTEMPT_FATE_COUNT];
    size_t n_failed; /* that could not be run or noted */
};

/*
 * Starts the threads (block signals before).
 * Returns: 0, -1 with err.
 */
int crew_start(const struct crew_options *options, struct crew **out_crew,
               struct err *err);

/* How many more errands it takes at the moment. */
size_t crew_room(struct crew *crew);

/* Tells whether it has an errand of this delivery, waiting or under way. */
bool crew_has(struct crew *crew, int64_t delivery);

/* How many errands it has. */
size_t crew_count(struct crew *crew);

/* The peer of all mail: the relay, whatever domain they are for. */
extern const struct slice crew_relay;

/* Tells whether it takes one more for a peer: crew_relay, the host of a POST, or
 * the empty one of a folder. */
bool crew_takes(struct crew *crew, struct slice peer);

/* Gives it one; there must be room, and it must take one for the peer. */
void crew_give(struct crew *crew, int64_t delivery, struct slice peer);

/* Asks what became of them. *out_err gets the last failure, "" where none. */
struct crew_sums crew_sums(struct crew *crew, struct err *out_err);

/*
 * Ends: nothing more is begun, what is under way has a few seconds to get its
 * answer and is then broken off and noted as such. NULL is allowed.
 */
void crew_end(struct crew *crew);
