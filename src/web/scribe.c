/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "web/scribe.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "web/limits.h"

struct scribe {
    struct insight_ledger *ledger;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_wanted;
    uint64_t n_looks;      /* ended */
    int64_t looked_ms;     /* when the last one ended */
    int64_t rest_until_ms; /* the next one begins no earlier */
    atomic_bool is_ending;
};

static bool is_ending(void *context)
{
    const struct scribe *scribe = context;

    return atomic_load(&scribe->is_ending);
}

static void wait_until(struct scribe *scribe, int64_t until_ms)
{
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };

    (void)pthread_cond_clockwait(&scribe->changed, &scribe->lock,
                                 CLOCK_MONOTONIC, &until);
}

/* Waits for somebody to ask, and for the rest to be over. */
static void wait_for_wish(struct scribe *scribe)
{
    while (!is_ending(scribe)) {
        if (!scribe->is_wanted)
            pthread_cond_wait(&scribe->changed, &scribe->lock);
        else if (clock_monotonic_ms() < scribe->rest_until_ms)
            wait_until(scribe, scribe->rest_until_ms);
        else
            return;
    }
}

/* How long it rests after a look: a fifth of the time is enough for looking, but
 * a first look at a month does not keep today from being seen. */
static int64_t rest_after(int64_t took_ms)
{
    if (4 * took_ms < WEB_LEDGER_REST_MS)
        return WEB_LEDGER_REST_MS;
    return 4 * took_ms < WEB_LEDGER_REST_MAX_MS ? 4 * took_ms
                                                : WEB_LEDGER_REST_MAX_MS;
}

/* Out of memory, the ledger tells what it told before: nobody is harmed. */
static void look(struct scribe *scribe)
{
    const int64_t begin_ms = clock_monotonic_ms();
    struct err err;

    pthread_mutex_unlock(&scribe->lock);
    (void)insight_ledger_refresh(scribe->ledger, is_ending, scribe, &err);
    pthread_mutex_lock(&scribe->lock);
    scribe->looked_ms = clock_monotonic_ms();
    scribe->rest_until_ms =
        scribe->looked_ms + rest_after(scribe->looked_ms - begin_ms);
    scribe->n_looks++;
    pthread_cond_broadcast(&scribe->changed);
}

static void *run(void *context)
{
    struct scribe *scribe = context;

    pthread_mutex_lock(&scribe->lock);
    while (!is_ending(scribe)) {
        scribe->is_wanted = false;
        look(scribe);
        wait_for_wish(scribe);
    }
    pthread_mutex_unlock(&scribe->lock);
    return NULL;
}

int scribe_start(const char *const *urls, size_t n, const struct clock *clock,
                 struct scribe **out_scribe, struct err *err)
{
    struct scribe *scribe = calloc(1, sizeof(*scribe));

    if (!scribe)
        return err_memory(err);
    pthread_mutex_init(&scribe->lock, NULL);
    pthread_cond_init(&scribe->changed, NULL);
    if (insight_ledger_new(urls, n, clock, &scribe->ledger, err) == 0) {
        scribe->has_thread =
            pthread_create(&scribe->thread, NULL, run, scribe) == 0;
        if (scribe->has_thread) {
            *out_scribe = scribe;
            return 0;
        }
        err_set(err, ERR_SYSTEM, "no thread for the sums can be started");
    }
    scribe_stop(scribe);
    return -1;
}

void scribe_stop(struct scribe *scribe)
{
    if (!scribe)
        return;
    pthread_mutex_lock(&scribe->lock);
    atomic_store(&scribe->is_ending, true);
    pthread_cond_broadcast(&scribe->changed);
    pthread_mutex_unlock(&scribe->lock);
    if (scribe->has_thread)
        pthread_join(scribe->thread, NULL);
    insight_ledger_free(scribe->ledger);
    pthread_cond_destroy(&scribe->changed);
    pthread_mutex_destroy(&scribe->lock);
    free(scribe);
}

struct insight_ledger *scribe_ledger(struct scribe *scribe)
{
    int64_t until_ms;
    uint64_t n_looks;

    pthread_mutex_lock(&scribe->lock);
    n_looks = scribe->n_looks;
    until_ms = clock_monotonic_ms() + WEB_LEDGER_WAIT_MS;
    if (n_looks == 0 ||
        clock_monotonic_ms() - scribe->looked_ms >= WEB_LEDGER_REST_MS) {
        scribe->is_wanted = true;
        pthread_cond_broadcast(&scribe->changed);
        /* Nobody waits for one that rests for longer. */
        while (scribe->n_looks == n_looks && clock_monotonic_ms() < until_ms &&
               scribe->rest_until_ms < until_ms && !is_ending(scribe))
            wait_until(scribe, until_ms);
    }
    pthread_mutex_unlock(&scribe->lock);
    return scribe->ledger;
}
