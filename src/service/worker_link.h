/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Link: the parent's end of the socket to a worker.
 *
 * Sends and receives without ever waiting for one when the other could be done,
 * so that two processes that both have much to say do not wait for each other
 * for ever. What comes is found frame by frame and not looked into.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/err.h"
#include "intake/wire.h"
#include "service/keeper.h"

enum worker_link_event {
    WORKER_LINK_FRAME, /* a frame has come */
    WORKER_LINK_GONE,  /* the worker has ended */
    WORKER_LINK_BAD,   /* what came is no frame */
    WORKER_LINK_LATE   /* nothing came in time */
};

struct worker_link {
    struct keeper *keeper;
    int fd; /* -1 = no worker */
    pid_t pid;
    struct buffer in;
    size_t in_used;    /* of `in`, taken */
    int64_t waited_ms; /* for frames, since somebody set it to 0 */
    int64_t cpu_ms;    /* of the worker at half of its time; -1 unknown */
    const atomic_bool *is_cancelled; /* nobody waits any more; or NULL */
    int last_status; /* of the worker before, as waitpid says; -1 none */
    char text[WIRE_HELLO_MAX_BYTES + 1]; /* what the worker says of itself */
};

/* Gives octets that are to be sent; *out_n is 0 where there are none. `sent`:
 * those of the last call that went, to be called once more. */
struct worker_link_source {
    void (*peek)(void *context, struct slice *out_parts, size_t *out_n);
    void (*sent)(void *context, size_t bytes);
    void *context;
};

enum { WORKER_LINK_PARTS = 128 /* that peek may give */ };

/* Readies a link without a worker. */
void worker_link_init(struct worker_link *link, struct keeper *keeper);

/* Lets go of the worker and frees what is held. */
void worker_link_deinit(struct worker_link *link);

/*
 * Ends the worker, where there is one, starts another and hears its hello.
 * Returns: 0; -1 with err (ERR_SYSTEM, ERR_MEMORY).
 */
int worker_link_restart(struct worker_link *link, struct err *err);

/* Lets go of the worker, which ends; before the next one is asked anything, one
 * must be started. */
void worker_link_drop(struct worker_link *link);

/* Sends what can be sent at once. */
void worker_link_send(struct worker_link *link,
                      const struct worker_link_source *source);

/*
 * Waits for the next frame and sends meanwhile. limit_ms: how long the worker
 * may let us wait since waited_ms was 0, in time of a processor; in time of day
 * ten times as long.
 * Owns: the frame is valid until the next call.
 * Returns: 0 with the event, -1 with err (ERR_MEMORY; ERR_SYSTEM where it was
 * cancelled).
 */
int worker_link_next(struct worker_link *link,
                     const struct worker_link_source *source, int64_t limit_ms,
                     enum worker_link_event *out_event,
                     struct wire_frame *out_frame, struct err *err);
