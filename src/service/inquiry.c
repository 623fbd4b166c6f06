/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/inquiry.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "service/lookup.h"

struct inquiry {
    struct loop *loop;
    struct lookup *lookup;
    pthread_t thread;
    bool is_running;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    unsigned long n_answers; /* under lock */
};

static void *run(void *context)
{
    struct inquiry *inquiry = context;

    (void)loop_run(inquiry->loop, NULL);
    return NULL;
}

/* In the loop's thread: whoever waits looks again. */
static void note_answer(void *context, bool is_recovered)
{
    struct inquiry *inquiry = context;

    (void)is_recovered;
    pthread_mutex_lock(&inquiry->lock);
    inquiry->n_answers++;
    pthread_cond_broadcast(&inquiry->answered);
    pthread_mutex_unlock(&inquiry->lock);
}

/* A condition that waits by a clock that never steps. */
static void init_answered(struct inquiry *inquiry)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&inquiry->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&inquiry->answered, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* Signals are for the threads that wait for them. */
static int start_thread(struct inquiry *inquiry)
{
    sigset_t all, before;
    int status;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    status = pthread_create(&inquiry->thread, NULL, run, inquiry);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static int start(struct inquiry *inquiry,
                 const struct resolver_options *options, struct err *err)
{
    const struct lookup_options lookup = { .resolver = *options,
                                           .answered = note_answer,
                                           .context = inquiry };

    if (loop_new(&inquiry->loop, err) ||
        lookup_open(inquiry->loop, &lookup, &inquiry->lookup, err))
        return -1;
    inquiry->is_running = start_thread(inquiry) == 0;
    return inquiry->is_running
               ? 0
               : err_set(err, ERR_SYSTEM, "cannot start a thread");
}

int inquiry_start(const struct resolver_options *options,
                  struct inquiry **out_inquiry, struct err *err)
{
    struct inquiry *inquiry = calloc(1, sizeof(*inquiry));

    if (!inquiry)
        return err_memory(err);
    init_answered(inquiry);
    if (start(inquiry, options, err)) {
        inquiry_stop(inquiry);
        return -1;
    }
    *out_inquiry = inquiry;
    return 0;
}

void inquiry_stop(struct inquiry *inquiry)
{
    if (!inquiry)
        return;
    if (inquiry->is_running) {
        loop_stop(inquiry->loop);
        pthread_join(inquiry->thread, NULL);
    }
    lookup_close(inquiry->lookup);
    loop_free(inquiry->loop);
    lookup_free(inquiry->lookup);
    pthread_cond_destroy(&inquiry->answered);
    pthread_mutex_destroy(&inquiry->lock);
    free(inquiry);
}

bool inquiry_validates(const struct inquiry *inquiry)
{
    return lookup_validates(inquiry->lookup);
}

static unsigned long count_answers(struct inquiry *inquiry)
{
    unsigned long n;

    pthread_mutex_lock(&inquiry->lock);
    n = inquiry->n_answers;
    pthread_mutex_unlock(&inquiry->lock);
    return n;
}

/* Waits for another answer than those that were seen. Returns: whether it came. */
static bool wait_for_more(struct inquiry *inquiry, unsigned long n_seen,
                          int64_t until_ms)
{
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };
    bool is_late = false;

    pthread_mutex_lock(&inquiry->lock);
    while (inquiry->n_answers == n_seen && !is_late)
        is_late = pthread_cond_timedwait(&inquiry->answered, &inquiry->lock,
                                         &until) != 0;
    pthread_mutex_unlock(&inquiry->lock);
    return !is_late;
}

struct answers_answer inquiry_find(struct inquiry *inquiry, const char *name,
                                   int64_t wait_ms, struct arena *arena)
{
    int64_t until_ms = clock_monotonic_ms() + wait_ms;

    for (;;) {
        /* An answer that comes behind the look is seen by the wait. */
        unsigned long n_seen = count_answers(inquiry);
        struct answers_answer answer =
            lookup_find(inquiry->lookup, name, arena);

        if (answer.status != ANSWERS_PENDING ||
            !wait_for_more(inquiry, n_seen, until_ms))
            return answer;
    }
}
