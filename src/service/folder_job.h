/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */
#pragma once

/*
 * Jobs: files and messages on their way to the receiver and back.
 *
 * Their number and octets are bounded, whatever waits in the folders. What the
 * receiver cannot take or keep now is given again a little later, from memory.
 * All is done in the folders' thread, but what comes back from the receiver.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "service/folder_file.h"
#include "service/folder_mbox.h"
#include "service/receiver.h"

struct folder_source;

struct folder_job {
    struct receiver_delivery delivery; /* first: it is cast back */
    struct folder_jobs *jobs;
    struct folder_source *source;
    struct folder_job *next;
    struct buffer octets;
    char *label;
    bool is_kept;
    char name[FOLDER_NAME_BYTES];        /* of the file; "" for an mbox */
    uint64_t stamp;                      /* of the file when it was read */
    struct folder_mbox_position reached; /* of an mbox */
    struct store_position position;      /* where delivery has one */
    char value[FOLDER_MBOX_POSITION_BYTES];
};

struct folder_job_list {
    struct folder_job *first;
    struct folder_job **end;
};

struct folder_jobs {
    struct receiver *receiver;
    int wake;               /* eventfd: something came back, or the end */
    size_t n_jobs;          /* all there are */
    size_t n_given;         /* of them with the receiver */
    size_t bytes;           /* of all */
    int64_t pause_until_ms; /* monotonic; nothing is given before */
    struct folder_job_list waiting;
    pthread_mutex_t lock;
    struct folder_job_list returned; /* under lock */
};

/* Readies an empty set. Returns: 0, -1 with err. */
int folder_jobs_init(struct folder_jobs *jobs, struct receiver *receiver,
                     struct err *err);

/* Frees it with what waits in it; nothing may be with the receiver. */
void folder_jobs_deinit(struct folder_jobs *jobs);

/* Makes a job. Returns: it, NULL when out of memory. */
struct folder_job *folder_job_new(struct folder_jobs *jobs,
                                  struct folder_source *source,
                                  int64_t max_bytes);

/* Frees a job that is neither waiting nor given. NULL is allowed. */
void folder_job_free(struct folder_job *job);

/* Tells whether another may be made: few are there and none waits. */
bool folder_jobs_has_room(const struct folder_jobs *jobs);

/* Hands a job over: it is given at the next folder_jobs_give. */
void folder_jobs_add(struct folder_jobs *jobs, struct folder_job *job);

/* Gives what waits to the receiver, as far as it takes it. */
void folder_jobs_give(struct folder_jobs *jobs, int64_t now_ms);

/*
 * Takes one that was kept. Those that were not wait to be given again.
 * Returns: it, the caller's now; NULL where there is none.
 */
struct folder_job *folder_jobs_take(struct folder_jobs *jobs, int64_t now_ms);

/* Wakes who polls `wake`, from any thread. */
void folder_jobs_wake(struct folder_jobs *jobs);
