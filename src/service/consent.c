/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/consent.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "record/tlsrpt.h"
#include "service/limits.h"
#include "service/lookup.h"

struct consent {
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
    struct consent *consent = context;

    (void)loop_run(consent->loop, NULL);
    return NULL;
}

/* In the loop's thread: whoever waits looks again. */
static void note_answer(void *context, bool is_recovered)
{
    struct consent *consent = context;

    (void)is_recovered;
    pthread_mutex_lock(&consent->lock);
    consent->n_answers++;
    pthread_cond_broadcast(&consent->answered);
    pthread_mutex_unlock(&consent->lock);
}

/* A condition that waits by a clock that never steps. */
static void init_answered(struct consent *consent)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&consent->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&consent->answered, &attributes);
    pthread_condattr_destroy(&attributes);
}

static int start(struct consent *consent,
                 const struct resolver_options *options, struct err *err)
{
    const struct lookup_options lookup = { .resolver = *options,
                                           .answered = note_answer,
                                           .context = consent };

    if (loop_new(&consent->loop, err) ||
        lookup_open(consent->loop, &lookup, &consent->lookup, err))
        return -1;
    if (!lookup_validates(consent->lookup))
        log_line(LOG_LEVEL_WARNING, "dns-not-validated", "missing",
                 RESOLVER_ROOT_ANCHOR, NULL);
    if (pthread_create(&consent->thread, NULL, run, consent))
        return err_set(err, ERR_SYSTEM, "cannot start a thread");
    consent->is_running = true;
    return 0;
}

int consent_start(const struct resolver_options *options,
                  struct consent **out_consent, struct err *err)
{
    struct consent *consent = calloc(1, sizeof(*consent));

    if (!consent)
        return err_memory(err);
    init_answered(consent);
    if (start(consent, options, err)) {
        consent_stop(consent);
        return -1;
    }
    *out_consent = consent;
    return 0;
}

void consent_stop(struct consent *consent)
{
    if (!consent)
        return;
    if (consent->is_running) {
        loop_stop(consent->loop);
        pthread_join(consent->thread, NULL);
    }
    lookup_close(consent->lookup);
    loop_free(consent->loop);
    lookup_free(consent->lookup);
    pthread_cond_destroy(&consent->answered);
    pthread_mutex_destroy(&consent->lock);
    free(consent);
}

static unsigned long count_answers(struct consent *consent)
{
    unsigned long n;

    pthread_mutex_lock(&consent->lock);
    n = consent->n_answers;
    pthread_mutex_unlock(&consent->lock);
    return n;
}

/* Waits for another answer than those that were seen. Returns: whether it came. */
static bool wait_for_more(struct consent *consent, unsigned long n_seen,
                          int64_t until_ms)
{
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };
    bool is_late = false;

    pthread_mutex_lock(&consent->lock);
    while (consent->n_answers == n_seen && !is_late)
        is_late = pthread_cond_timedwait(&consent->answered, &consent->lock,
                                         &until) != 0;
    pthread_mutex_unlock(&consent->lock);
    return !is_late;
}

/* The records of a name, waited for. */
static struct answers_answer find(struct consent *consent, const char *name,
                                  struct arena *arena)
{
    int64_t until_ms = clock_monotonic_ms() + SERVICE_CONSENT_MS;

    for (;;) {
        /* An answer that comes behind the look is seen by the wait. */
        unsigned long n_seen = count_answers(consent);
        struct answers_answer answer =
            lookup_find(consent->lookup, name, arena);

        if (answer.status != ANSWERS_PENDING ||
            !wait_for_more(consent, n_seen, until_ms))
            return answer;
    }
}

/* Tells whether records name a destination; out of memory nobody knows. */
static enum consent_answer judge(struct arena *arena,
                                 const struct answers_answer *answer,
                                 struct slice uri)
{
    struct tlsrpt_destination destination;
    struct tlsrpt_record record;
    size_t fault;
    int rc = tlsrpt_destination_read(arena, uri, &destination, &fault, NULL);

    if (rc < 0 || tlsrpt_record_choose(arena, answer->records,
                                       answer->n_records, &record, NULL))
        return CONSENT_UNKNOWN;
    if (rc > 0 || record.verdict != TLSRPT_VALID ||
        !tlsrpt_record_names(&record, &destination))
        return CONSENT_WITHDRAWN;
    return CONSENT_GIVEN;
}

enum consent_answer consent_ask(struct consent *consent, struct arena *arena,
                                struct slice domain, struct slice uri)
{
    const char *name =
        arena_printf(arena, "_smtp._tls.%.*s", (int)domain.len, domain.ptr);
    struct answers_answer answer;

    if (!name)
        return CONSENT_UNKNOWN;
    answer = find(consent, name, arena);
    if (answer.status == ANSWERS_ABSENT)
        return CONSENT_WITHDRAWN;
    if (answer.status != ANSWERS_FOUND)
        return CONSENT_UNKNOWN;
    return judge(arena, &answer, uri);
}
