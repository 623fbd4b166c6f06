/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/limits.h"
#include "service/repute.h"

enum { PEER_BYTES = 256 };

/* An errand, and whom it waits for. */
struct job {
    int64_t delivery;
    size_t peer_len;
    char peer[PEER_BYTES];
};

/* A thread and what it has. */
struct hand {
    struct crew *crew;
    struct outbox *outbox;
    pthread_t thread;
    bool is_started;
    bool is_busy;   /* under lock */
    struct job job; /* likewise */
};

struct crew {
    struct crew_options options;
    int stop_fd;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_ending; /* all of these under lock */
    struct job queue[SERVICE_CREW_QUEUE];
    size_t n_queued;
    struct crew_sums sums;
    struct err last;
    struct repute repute;
    size_t n_hands;
    struct hand hands[];
};

static void wake(int fd)
{
    const uint64_t one = 1;

    /* A counter that is full wakes just as well. */
    if (write(fd, &one, sizeof(one)) < 0)
        return;
}

/* ---- Peers --------------------------------------------------------------- */

const struct slice crew_relay = { "@", 1 };

static bool is_for(const struct job *job, struct slice peer)
{
    return slice_equal(slice_make(job->peer, job->peer_len), peer);
}

static size_t count_busy_for(const struct crew *crew, struct slice peer)
{
    size_t n = 0;

    for (size_t i = 0; i < crew->n_hands; i++)
        n += crew->hands[i].is_busy && is_for(&crew->hands[i].job, peer);
    return n;
}

/* A host that is not known to answer soon: any of them may fall silent. */
static bool is_doubtful(const struct crew *crew, struct slice peer)
{
    return peer.len && !slice_equal(peer, crew_relay) &&
           !repute_is_quick(&crew->repute, peer);
}

static bool is_for_doubtful(const struct crew *crew, const struct job *job)
{
    return is_doubtful(crew, slice_make(job->peer, job->peer_len));
}

/* How many threads wait for such hosts; with_queued: and errands that will. */
static size_t count_doubtful(const struct crew *crew, bool with_queued)
{
    size_t n = 0;

    for (size_t i = 0; i < crew->n_hands; i++)
        n += crew->hands[i].is_busy &&
             is_for_doubtful(crew, &crew->hands[i].job);
    for (size_t i = 0; with_queued && i < crew->n_queued; i++)
        n += is_for_doubtful(crew, &crew->queue[i]);
    return n;
}

/* How many threads may wait for a peer. */
static size_t busy_limit(const struct crew *crew, struct slice peer)
{
    if (peer.len == 0)
        return crew->n_hands;
    if (!slice_equal(peer, crew_relay))
        return SERVICE_CREW_A_HOST;
    return crew->n_hands > SERVICE_CREW_A_HOST
               ? crew->n_hands - SERVICE_CREW_A_HOST
               : 1;
}

/* The first errand that may begin. Returns: its place, n_queued where none may. */
static size_t find_job(const struct crew *crew)
{
    size_t i = 0;

    for (; i < crew->n_queued; i++) {
        const struct job *job = &crew->queue[i];
        const struct slice peer = slice_make(job->peer, job->peer_len);

        if (count_busy_for(crew, peer) < busy_limit(crew, peer) &&
            (!is_doubtful(crew, peer) ||
             count_doubtful(crew, false) * 2 < crew->n_hands))
            break;
    }
    return i;
}

/* ---- Threads ------------------------------------------------------------- */

/* Waits for the next errand. Returns: false at the end. */
static bool take(struct hand *hand)
{
    struct crew *crew = hand->crew;
    size_t place;
    bool is_there;

    pthread_mutex_lock(&crew->lock);
    while ((place = find_job(crew)) == crew->n_queued && !crew->is_ending)
        pthread_cond_wait(&crew->changed, &crew->lock);
    is_there = !crew->is_ending;
    if (is_there) {
        hand->job = crew->queue[place];
        hand->is_busy = true;
        crew->n_queued--;
        memmove(crew->queue + place, crew->queue + place + 1,
                (crew->n_queued - place) * sizeof(*crew->queue));
    }
    pthread_mutex_unlock(&crew->lock);
    return is_there;
}

static void finish(struct hand *hand, int rc, enum attempt_fate fate,
                   int64_t took_ms, const struct err *err)
{
    struct crew *crew = hand->crew;

    pthread_mutex_lock(&crew->lock);
    hand->is_busy = false;
    if (hand->job.peer_len)
        repute_note(&crew->repute,
                    slice_make(hand->job.peer, hand->job.peer_len), took_ms);
    if (rc) {
        crew->sums.n_failed++;
        crew->last = *err;
    } else if (fate < ATTEMPT_FATE_COUNT) {
        crew->sums.fates[fate]++;
    }
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    wake(crew->options.wake_fd);
}

static void *work(void *context)
{
    struct hand *hand = context;

    while (take(hand)) {
        enum attempt_fate fate = ATTEMPT_FATE_COUNT;
        const int64_t begun_ms = clock_monotonic_ms();
        struct err err;
        int rc = errand_run(&hand->crew->options.kit, hand->outbox,
                            hand->job.delivery, &fate, &err);

        finish(hand, rc, fate, clock_monotonic_ms() - begun_ms, &err);
    }
    return NULL;
}

static int start_hand(struct crew *crew, struct hand *hand, struct err *err)
{
    hand->crew = crew;
    if (outbox_open(crew->options.outbox_url, STORE_WRITE,
                    crew->options.kit.clock, &hand->outbox, err) < 0)
        return -1;
    if (pthread_create(&hand->thread, NULL, work, hand))
        return err_set(err, ERR_SYSTEM, "cannot start a thread");
    hand->is_started = true;
    return 0;
}

/* A condition that waits by a clock that never steps. */
static void init_changed(struct crew *crew)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&crew->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

int crew_start(const struct crew_options *options, struct crew **out_crew,
               struct err *err)
{
    struct crew *crew =
        calloc(1, sizeof(*crew) + options->n_threads * sizeof(struct hand));

    if (!crew)
        return err_memory(err);
    crew->options = *options;
    crew->n_hands = options->n_threads;
    pthread_mutex_init(&crew->lock, NULL);
    init_changed(crew);
    repute_init(&crew->repute);
    crew->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    crew->options.kit.courier.stop_fd = crew->stop_fd;
    if (crew->stop_fd < 0) {
        err_system(err, "making a descriptor");
        crew_end(crew);
        return -1;
    }
    for (size_t i = 0; i < crew->n_hands; i++) {
        if (start_hand(crew, &crew->hands[i], err)) {
            crew_end(crew);
            return -1;
        }
    }
    *out_crew = crew;
    return 0;
}

size_t crew_room(struct crew *crew)
{
    size_t room;

    pthread_mutex_lock(&crew->lock);
    room = SERVICE_CREW_QUEUE - crew->n_queued;
    pthread_mutex_unlock(&crew->lock);
    return room;
}

bool crew_has(struct crew *crew, int64_t delivery)
{
    bool has = false;

    pthread_mutex_lock(&crew->lock);
    for (size_t i = 0; i < crew->n_queued; i++)
        has |= crew->queue[i].delivery == delivery;
    for (size_t i = 0; i < crew->n_hands; i++)
        has |=
            crew->hands[i].is_busy && crew->hands[i].job.delivery == delivery;
    pthread_mutex_unlock(&crew->lock);
    return has;
}

static size_t count_busy(const struct crew *crew)
{
    size_t n = 0;

    for (size_t i = 0; i < crew->n_hands; i++)
        n += crew->hands[i].is_busy;
    return n;
}

size_t crew_count(struct crew *crew)
{
    size_t n;

    pthread_mutex_lock(&crew->lock);
    n = crew->n_queued + count_busy(crew);
    pthread_mutex_unlock(&crew->lock);
    return n;
}

bool crew_takes(struct crew *crew, struct slice peer)
{
    const size_t max = slice_equal(peer, crew_relay) ? SERVICE_CREW_MAILS
                                                     : SERVICE_CREW_A_HOST;
    size_t n;

    if (peer.len == 0)
        return true;
    pthread_mutex_lock(&crew->lock);
    n = count_busy_for(crew, peer);
    for (size_t i = 0; i < crew->n_queued; i++)
        n += is_for(&crew->queue[i], peer);
    /* Their queue is no longer than what is left for others. */
    if (is_doubtful(crew, peer) &&
        count_doubtful(crew, true) >= SERVICE_CREW_QUEUE / 2)
        n = max;
    pthread_mutex_unlock(&crew->lock);
    return n < max;
}

void crew_give(struct crew *crew, int64_t delivery, struct slice peer)
{
    struct job *job;

    pthread_mutex_lock(&crew->lock);
    job = &crew->queue[crew->n_queued++];
    job->delivery = delivery;
    job->peer_len = peer.len < PEER_BYTES ? peer.len : PEER_BYTES;
    memcpy(job->peer, peer.ptr ? peer.ptr : "", job->peer_len);
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
}

struct crew_sums crew_sums(struct crew *crew, struct err *out_err)
{
    struct crew_sums sums;

    pthread_mutex_lock(&crew->lock);
    sums = crew->sums;
    *out_err = crew->last;
    pthread_mutex_unlock(&crew->lock);
    return sums;
}

/* An answer that is on its way is worth waiting for: without it the report would
 * go out twice. */
static void wait_for_answers(struct crew *crew)
{
    int64_t until_ms = clock_monotonic_ms() + SERVICE_END_S * 1000;
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };

    while (count_busy(crew) > 0) {
        if (pthread_cond_timedwait(&crew->changed, &crew->lock, &until))
            return;
    }
}

void crew_end(struct crew *crew)
{
    if (!crew)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->is_ending = true;
    pthread_cond_broadcast(&crew->changed);
    wait_for_answers(crew);
    pthread_mutex_unlock(&crew->lock);
    wake(crew->stop_fd);
    for (size_t i = 0; i < crew->n_hands; i++) {
        if (crew->hands[i].is_started)
            pthread_join(crew->hands[i].thread, NULL);
        outbox_close(crew->hands[i].outbox);
    }
    if (crew->stop_fd >= 0)
        close(crew->stop_fd);
    pthread_cond_destroy(&crew->changed);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}
