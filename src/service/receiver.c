/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/receiver.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "insight/insight.h"
#include "intake/limits.h"
#include "service/ahead.h"
#include "service/aside.h"
#include "service/limits.h"
#include "service/reader.h"
#include "store/claim.h"

struct receiver {
    struct receiver_options options;
    struct store *store;          /* the thread's; NULL while it fails */
    struct intake_import *import; /* likewise */
    bool is_failing;              /* the thread's */
    struct care care;             /* likewise */
    struct aside *aside;          /* NULL where nothing is read again */
    int64_t judge_at_ms; /* the thread's; INT64_MAX before the first look */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct receiver_delivery *first; /* under lock, in order */
    struct receiver_delivery **end;
    size_t n_waiting;
    size_t waiting_bytes;
    const void *last_mail; /* of the last that waits */
    struct ahead ahead;    /* the thread's */
    bool is_ending;
    bool has_new_domains; /* under lock */
    bool is_claiming;     /* the thread's: more domains are ours */
    struct store_claim claim;
    int64_t claim_at_ms;
    bool has_fresh_care;
    struct care_options fresh_care;
    bool is_woken;     /* DNS has answered */
    bool is_recovered; /* under lock: and did not before */
    bool is_hastening; /* the thread's: all that waits is due */
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
        .signed_key = insight_organization_signed,
        .read = receiver->options.reader ? reader_read : NULL,
        .read_context = receiver->options.reader,
        .judges = receiver->options.judges,
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

static int read_all(struct receiver *receiver, struct receiver_delivery *first,
                    struct err *err)
{
    struct receiver_delivery *untold = ahead_skip(&receiver->ahead, first);

    for (; first; first = first->next) {
        const struct intake_source_input input =
            ahead_input(&receiver->ahead, first);

        untold = ahead_tell(&receiver->ahead, untold);
        if (untold == first)
            untold = first->next;
        care_note(&receiver->care, (int64_t)first->octets.len);
        first->outcome = (struct intake_outcome){ .n_refused = 0 };
        if (intake_import_add(receiver->import, &input, err))
            return -1;
    }
    return 0;
}

/* A full disk is not waited for: what is left is for what is there. */
static int check_room(struct receiver *receiver, struct err *err)
{
    return store_check_room(receiver->store,
                            receiver->care.options.reserve_bytes, err);
}

static bool is_judging_due(const struct receiver *receiver)
{
    return clock_monotonic_ms() >= receiver->judge_at_ms;
}

/* What waits by now is read while this batch is put and synced: else one of the
   two would be idle all the time. Not where something is to be judged, for which
   an input may have to be read out of turn. */
static void look_ahead(struct receiver *receiver)
{
    struct receiver_delivery *first;
    size_t n;

    if (is_judging_due(receiver))
        return;
    pthread_mutex_lock(&receiver->lock);
    first = receiver->first;
    n = receiver->is_woken ? 0 : receiver->n_waiting;
    pthread_mutex_unlock(&receiver->lock);
    ahead_look(&receiver->ahead, first, n);
}

static int store_all(struct receiver *receiver, struct receiver_delivery *first,
                     struct err *err)
{
    if (open_store(receiver, err) || check_room(receiver, err) ||
        read_all(receiver, first, err))
        return -1;
    look_ahead(receiver);
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

/* What was taken may have to be judged again: soon is early enough to look, since
 * answers wake the receiver. */
static void plan_judging(struct receiver *receiver, int64_t after_ms)
{
    int64_t at_ms = clock_monotonic_ms() + after_ms;

    if (at_ms < receiver->judge_at_ms)
        receiver->judge_at_ms = at_ms;
}

/* What took too long for the others is read aside, now that it is stored. */
static void wake_aside(struct receiver *receiver, int64_t postponed_before)
{
    if (receiver->aside && receiver->import &&
        intake_import_counts(receiver->import)->postponed > postponed_before)
        aside_wake(receiver->aside);
}

static void take_in(struct receiver *receiver, struct receiver_delivery *first)
{
    int64_t postponed = receiver->import
                            ? intake_import_counts(receiver->import)->postponed
                            : 0;
    struct err err;
    bool is_kept = store_all(receiver, first, &err) == 0;

    note_state(receiver, is_kept ? NULL : err.text);
    /* After a failure an import can put nothing more: begin again. */
    if (!is_kept) {
        close_store(receiver);
        ahead_forget(&receiver->ahead);
    }
    wake_aside(receiver, postponed);
    plan_judging(receiver, SERVICE_JUDGE_MS);
    while (first) {
        struct receiver_delivery *next = first->next;

        first->done(first, is_kept); /* gives it away */
        first = next;
    }
}

/* What was read aside is read once more here, and not given up for the time that
   takes. */
static int judge_due(struct receiver *receiver, int64_t now, bool *out_has_more,
                     struct err *err)
{
    struct reader *reader = receiver->options.reader;
    size_t n;
    int status;

    if (reader)
        reader_set_first_look(reader, false);
    status = intake_import_judge(receiver->import, now, &n, out_has_more, err);
    if (reader)
        reader_set_first_look(reader, receiver->aside != NULL);
    return status;
}

static int judge_some(struct receiver *receiver, bool *out_has_more,
                      int64_t *out_next, struct err *err)
{
    int64_t now = clock_now(receiver->options.clock);

    if (open_store(receiver, err) || check_room(receiver, err) ||
        (receiver->is_hastening &&
         store_hasten_pending(receiver->store, now, err)))
        return -1;
    receiver->is_hastening = false;
    if (judge_due(receiver, now, out_has_more, err) ||
        store_next_pending(receiver->store, out_next, err))
        return -1;
    *out_next = *out_next == UTC_NONE ? SERVICE_JUDGE_MAX_S : *out_next - now;
    return 0;
}

/* How long to wait for what is due in so many seconds: neither all the time nor
 * too long, should the clock be set. */
static int64_t judge_after_ms(int64_t seconds)
{
    if (seconds >= SERVICE_JUDGE_MAX_S)
        return SERVICE_JUDGE_MAX_S * INT64_C(1000);
    return seconds * 1000 > SERVICE_JUDGE_MS ? seconds * 1000
                                             : SERVICE_JUDGE_MS;
}

/* Judges a round of what is due, and plans the next. */
static void judge(struct receiver *receiver)
{
    int64_t next = 0;
    bool has_more = false;
    struct err err;
    bool is_good = judge_some(receiver, &has_more, &next, &err) == 0;

    receiver->judge_at_ms = INT64_MAX;
    note_state(receiver, is_good ? NULL : err.text);
    if (!is_good)
        close_store(receiver);
    if (!is_good)
        plan_judging(receiver, SERVICE_JUDGE_MS);
    else if (has_more)
        plan_judging(receiver, 0);
    else
        plan_judging(receiver, judge_after_ms(next));
}

/* By the list of domains alone: without a destination DNS is not asked. */
static bool is_ours(void *context, const char *domain)
{
    const struct intake_origin origin = {
        .source = "", .tenant = "", .destination = "", .is_live = true
    };
    const struct receiver *receiver = context;
    const struct intake_judges *judges = &receiver->options.judges;
    bool is_ours = false;

    return judges->claims &&
           judges->claims(judges->context, &origin, domain, &is_ours) ==
               INTAKE_KNOWN &&
           is_ours;
}

static enum store_standing standing_of(void *context, int way, int rule,
                                       enum store_proof proof)
{
    const struct intake_origin origin = { .way = (enum intake_way)way,
                                          .rule = (enum intake_rule)rule };

    (void)context;
    return intake_standing(&origin, proof);
}

static void log_claimed(const struct store_claim *claim)
{
    char claimed[24], waiting[24];

    if (claim->n_claimed + claim->n_waiting == 0)
        return;
    snprintf(claimed, sizeof(claimed), "%" PRId64, claim->n_claimed);
    snprintf(waiting, sizeof(waiting), "%" PRId64, claim->n_waiting);
    log_line(LOG_LEVEL_NOTICE, "reports-claimed", "reports", claimed, "waiting",
             waiting, NULL);
}

/* Does a step for domains that have become ours, and rests. */
static void claim(struct receiver *receiver)
{
    const struct store_claim_judge judge = { .is_ours = is_ours,
                                             .standing = standing_of,
                                             .context = receiver };
    int64_t begin_ms = clock_monotonic_ms();
    struct err err;
    int status =
        open_store(receiver, &err)
            ? -1
            : store_claim_step(receiver->store, &receiver->claim, &judge,
                               clock_now(receiver->options.clock), &err);

    receiver->claim_at_ms = clock_monotonic_ms();
    if (status < 0) {
        note_state(receiver, err.text);
        close_store(receiver);
        receiver->claim_at_ms += SERVICE_RETRY_MS;
        return;
    }
    receiver->claim_at_ms += 3 * (receiver->claim_at_ms - begin_ms);
    receiver->is_claiming = status > 0;
    if (receiver->is_claiming)
        return;
    log_claimed(&receiver->claim);
    if (receiver->claim.n_waiting)
        plan_judging(receiver, 0);
}

static bool is_claiming_due(const struct receiver *receiver)
{
    return receiver->is_claiming &&
           clock_monotonic_ms() >= receiver->claim_at_ms;
}

/* Looks after the store, also where it has no room. */
static void take_care(struct receiver *receiver)
{
    struct err err;

    if (open_store(receiver, &err) == 0 &&
        care_step(&receiver->care, receiver->store, &err) == 0)
        return;
    note_state(receiver, err.text);
    close_store(receiver);
    care_fail(&receiver->care);
}

static bool is_care_due(const struct receiver *receiver)
{
    return clock_monotonic_ms() >= care_due_ms(&receiver->care);
}

/* When there is something to do, whatever comes. */
static int64_t next_ms(const struct receiver *receiver)
{
    int64_t care_ms = care_due_ms(&receiver->care);
    int64_t next_ms =
        care_ms < receiver->judge_at_ms ? care_ms : receiver->judge_at_ms;

    return receiver->is_claiming && receiver->claim_at_ms < next_ms
               ? receiver->claim_at_ms
               : next_ms;
}

static void wait_until(struct receiver *receiver, int64_t until_ms)
{
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };

    if (until_ms == INT64_MAX)
        pthread_cond_wait(&receiver->changed, &receiver->lock);
    else
        (void)pthread_cond_clockwait(&receiver->changed, &receiver->lock,
                                     CLOCK_MONOTONIC, &until);
}

/*
 * Waits for something to do.
 * out_first: all that waits; NULL where there is only something to judge or to
 * look after.
 * Returns: false at the end.
 */
static bool wait_for_some(struct receiver *receiver,
                          struct receiver_delivery **out_first)
{
    bool is_end;

    pthread_mutex_lock(&receiver->lock);
    while (!receiver->first && !receiver->is_ending && !receiver->is_woken &&
           !receiver->has_fresh_care && !receiver->has_new_domains &&
           !is_judging_due(receiver) && !is_care_due(receiver) &&
           !is_claiming_due(receiver))
        wait_until(receiver, next_ms(receiver));
    if (receiver->has_fresh_care)
        care_set(&receiver->care, &receiver->fresh_care);
    receiver->has_fresh_care = false;
    if (receiver->has_new_domains) {
        receiver->claim = (struct store_claim){ 0 };
        receiver->is_claiming = true;
        receiver->claim_at_ms = 0;
    }
    receiver->has_new_domains = false;
    *out_first = receiver->first;
    receiver->first = NULL;
    receiver->end = &receiver->first;
    receiver->n_waiting = 0;
    receiver->waiting_bytes = 0;
    if (receiver->is_woken)
        receiver->judge_at_ms = 0;
    receiver->is_hastening |= receiver->is_recovered;
    receiver->is_woken = false;
    receiver->is_recovered = false;
    is_end = receiver->is_ending && !*out_first;
    pthread_mutex_unlock(&receiver->lock);
    return !is_end;
}

/* A store that fails is not asked as fast as peers try again. */
static void rest(struct receiver *receiver)
{
    int64_t until_ms = clock_monotonic_ms() + SERVICE_RETRY_MS;

    pthread_mutex_lock(&receiver->lock);
    while (!receiver->is_ending && clock_monotonic_ms() < until_ms)
        wait_until(receiver, until_ms);
    pthread_mutex_unlock(&receiver->lock);
}

static void *run(void *context)
{
    struct receiver *receiver = context;
    struct receiver_delivery *first;

    while (wait_for_some(receiver, &first)) {
        if (first)
            take_in(receiver, first);
        if (receiver->is_failing)
            rest(receiver);
        /* What was told is read next, in its order. */
        if (receiver->ahead.n_told == 0 && is_judging_due(receiver))
            judge(receiver);
        if (is_claiming_due(receiver))
            claim(receiver);
        if (is_care_due(receiver))
            take_care(receiver);
    }
    close_store(receiver);
    return NULL;
}

static void free_receiver(struct receiver *receiver)
{
    aside_stop(receiver->aside);
    care_deinit(&receiver->care);
    close_store(receiver);
    pthread_cond_destroy(&receiver->changed);
    pthread_mutex_destroy(&receiver->lock);
    free(receiver);
}

/* Something is stored that may have to be judged. */
static void note_added(void *context)
{
    receiver_wake(context, false);
}

static int start_aside(struct receiver *receiver, struct err *err)
{
    const struct receiver_options *options = &receiver->options;
    const struct aside_options aside = {
        .store_url = options->store_url,
        .clock = options->clock,
        .reader = options->aside_reader,
        .reserve_bytes = options->care.reserve_bytes,
        .added = note_added,
        .context = receiver,
    };

    if (!options->aside_reader)
        return 0;
    if (options->reader)
        reader_set_first_look(options->reader, true);
    return aside_start(&aside, &receiver->aside, err);
}

int receiver_start(const struct receiver_options *options,
                   struct receiver **out_receiver, struct err *err)
{
    struct receiver *receiver = calloc(1, sizeof(*receiver));

    if (!receiver)
        return err_memory(err);
    receiver->options = *options;
    receiver->end = &receiver->first;
    receiver->ahead =
        (struct ahead){ .reader = options->reader, .clock = options->clock };
    care_init(&receiver->care, &options->care);
    receiver->has_new_domains = true; /* since it was last started */
    receiver->judge_at_ms = 0;        /* what waited when the last one ended */
    pthread_mutex_init(&receiver->lock, NULL);
    pthread_cond_init(&receiver->changed, NULL);
    if (open_store(receiver, err) || start_aside(receiver, err)) {
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

/* What a delivery adds to what waits: the shares of a mail have its octets once.
 * What waits is not freed, so no other mail has its mark. */
static size_t added_bytes(const struct receiver *receiver,
                          const struct receiver_delivery *delivery)
{
    return receiver->n_waiting > 0 && delivery->mail &&
                   receiver->last_mail == delivery->mail
               ? 0
               : delivery->octets.len;
}

/* Once for each: one that was found whose it is stays so. */
static void find_tenant(const struct receiver *receiver,
                        struct receiver_delivery *delivery)
{
    const struct receiver_options *options = &receiver->options;

    if (delivery->recipient_from == RECIPIENT_NONE || !options->find_tenant ||
        delivery->octets.len == 0 || delivery->origin == &delivery->mapped ||
        !options->find_tenant(options->judges.context, delivery->octets,
                              delivery->recipient_from, delivery->tenant))
        return;
    delivery->mapped = *delivery->origin;
    delivery->mapped.tenant = delivery->tenant;
    delivery->origin = &delivery->mapped;
}

int receiver_give(struct receiver *receiver, struct receiver_delivery *delivery)
{
    size_t bytes;
    bool is_full;

    delivery->next = NULL;
    find_tenant(receiver, delivery);
    pthread_mutex_lock(&receiver->lock);
    bytes = added_bytes(receiver, delivery);
    /* One that is larger than the queue is taken when nothing else waits. */
    is_full = receiver->is_ending ||
              receiver->n_waiting >= SERVICE_QUEUE_INPUTS ||
              (receiver->n_waiting > 0 &&
               receiver->waiting_bytes + bytes > SERVICE_QUEUE_BYTES);
    if (!is_full) {
        *receiver->end = delivery;
        receiver->end = &delivery->next;
        receiver->n_waiting++;
        receiver->waiting_bytes += bytes;
        receiver->last_mail = delivery->mail;
        pthread_cond_signal(&receiver->changed);
    }
    pthread_mutex_unlock(&receiver->lock);
    return is_full;
}

void receiver_wake(struct receiver *receiver, bool is_recovered)
{
    pthread_mutex_lock(&receiver->lock);
    receiver->is_recovered |= is_recovered;
    receiver->is_woken = true;
    pthread_cond_signal(&receiver->changed);
    pthread_mutex_unlock(&receiver->lock);
}

void receiver_claim(struct receiver *receiver)
{
    pthread_mutex_lock(&receiver->lock);
    receiver->has_new_domains = true;
    pthread_cond_signal(&receiver->changed);
    pthread_mutex_unlock(&receiver->lock);
}

void receiver_set_care(struct receiver *receiver,
                       const struct care_options *options)
{
    pthread_mutex_lock(&receiver->lock);
    receiver->fresh_care = *options;
    receiver->has_fresh_care = true;
    pthread_cond_signal(&receiver->changed);
    pthread_mutex_unlock(&receiver->lock);
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
