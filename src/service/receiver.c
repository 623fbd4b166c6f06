/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/receiver.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "insight/insight.h"
#include "intake/import.h"
#include "service/limits.h"

struct receiver {
    struct receiver_options options;
    struct store *store;          /* the thread's; NULL while it fails */
    struct intake_import *import; /* likewise */
    bool is_failing;              /* the thread's */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct receiver_delivery *first; /* under lock, in order */
    struct receiver_delivery **end;
    size_t n_waiting;
    size_t waiting_bytes;
    bool is_ending;
};

static void close_store(struct receiver *receiver)
{
    intake_import_free(receiver->import);
    store_close(receiver->store);
    receiver->import = NULL;
    receiver->store = NULL;
}

static int open_store(struct receiver *receiver, struct err *err)
{
    const struct intake_import_options options = {
        .organization_key = insight_organization_key,
        .proof = receiver->options.proof,
    };

    if (receiver->import)
        return 0;
    if (store_open(receiver->options.store_url, STORE_WRITE,
                   receiver->options.clock, &receiver->store, err) == 0 &&
        intake_import_new(receiver->store, &options, &receiver->import, err) ==
            0)
        return 0;
    close_store(receiver);
    return -1;
}

static int store_all(struct receiver *receiver,
                     const struct receiver_delivery *first, struct err *err)
{
    if (open_store(receiver, err))
        return -1;
    for (; first; first = first->next) {
        const struct intake_source_input input = { .label = first->label,
                                                   .octets = first->octets };

        if (intake_import_add(receiver->import, &input, err))
            return -1;
    }
    return intake_import_commit(receiver->import, err);
}

/* Tells of a change, not of each failure. */
static void note_state(struct receiver *receiver, const char *failure)
{
    bool is_failing = failure != NULL;

    if (is_failing != receiver->is_failing && receiver->options.state)
        receiver->options.state(receiver->options.context, failure);
    receiver->is_failing = is_failing;
}

static void take_in(struct receiver *receiver, struct receiver_delivery *first)
{
    struct err err;
    bool is_kept = store_all(receiver, first, &err) == 0;

    note_state(receiver, is_kept ? NULL : err.text);
    /* After a failure an import can put nothing more: begin again. */
    if (!is_kept)
        close_store(receiver);
    while (first) {
        struct receiver_delivery *next = first->next;

        first->done(first, is_kept); /* gives it away */
        first = next;
    }
}

/* Waits for something to do. Returns: all that waits; NULL at the end. */
static struct receiver_delivery *wait_for_some(struct receiver *receiver)
{
    struct receiver_delivery *first;

    pthread_mutex_lock(&receiver->lock);
    while (!receiver->first && !receiver->is_ending)
        pthread_cond_wait(&receiver->changed, &receiver->lock);
    first = receiver->first;
    receiver->first = NULL;
    receiver->end = &receiver->first;
    receiver->n_waiting = 0;
    receiver->waiting_bytes = 0;
    pthread_mutex_unlock(&receiver->lock);
    return first;
}

/* A store that fails is not asked as fast as peers try again. */
static void rest(struct receiver *receiver)
{
    int64_t until_ms = clock_monotonic_ms() + SERVICE_RETRY_MS;
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };

    pthread_mutex_lock(&receiver->lock);
    while (!receiver->is_ending &&
           pthread_cond_clockwait(&receiver->changed, &receiver->lock,
                                  CLOCK_MONOTONIC, &until) == 0)
        ;
    pthread_mutex_unlock(&receiver->lock);
}

static void *run(void *context)
{
    struct receiver *receiver = context;
    struct receiver_delivery *first;

    while ((first = wait_for_some(receiver))) {
        take_in(receiver, first);
        if (receiver->is_failing)
            rest(receiver);
    }
    close_store(receiver);
    return NULL;
}

static void free_receiver(struct receiver *receiver)
{
    close_store(receiver);
    pthread_cond_destroy(&receiver->changed);
    pthread_mutex_destroy(&receiver->lock);
    free(receiver);
}

int receiver_start(const struct receiver_options *options,
                   struct receiver **out_receiver, struct err *err)
{
    struct receiver *receiver = calloc(1, sizeof(*receiver));

    if (!receiver)
        return err_memory(err);
    receiver->options = *options;
    receiver->end = &receiver->first;
    pthread_mutex_init(&receiver->lock, NULL);
    pthread_cond_init(&receiver->changed, NULL);
    if (open_store(receiver, err)) {
        free_receiver(receiver);
        return -1;
    }
    if (pthread_create(&receiver->thread, NULL, run, receiver)) {
        free_receiver(receiver);
        return err_set(err, ERR_SYSTEM, "no thread can be started");
    }
    *out_receiver = receiver;
    return 0;
}

int receiver_give(struct receiver *receiver, struct receiver_delivery *delivery)
{
    bool is_full;

    delivery->next = NULL;
    pthread_mutex_lock(&receiver->lock);
    /* One that is larger than the queue is taken when nothing else waits. */
    is_full =
        receiver->is_ending || receiver->n_waiting >= SERVICE_QUEUE_INPUTS ||
        (receiver->n_waiting > 0 &&
         receiver->waiting_bytes + delivery->octets.len > SERVICE_QUEUE_BYTES);
    if (!is_full) {
        *receiver->end = delivery;
        receiver->end = &delivery->next;
        receiver->n_waiting++;
        receiver->waiting_bytes += delivery->octets.len;
        pthread_cond_signal(&receiver->changed);
    }
    pthread_mutex_unlock(&receiver->lock);
    return is_full;
}

void receiver_stop(struct receiver *receiver)
{
    if (!receiver)
        return;
    pthread_mutex_lock(&receiver->lock);
    receiver->is_ending = true;
    pthread_cond_broadcast(&receiver->changed);
    pthread_mutex_unlock(&receiver->lock);
    pthread_join(receiver->thread, NULL);
    free_receiver(receiver);
}
