/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/aside.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "insight/insight.h"
#include "intake/read.h"
#include "intake/reread.h"
#include "service/limits.h"
#include "service/reader.h"
#include "store/position.h"
#include "store/quota.h"
#include "store/verify.h"

/* Where the store has how far reading again has come: "VERSION RAW", and the
   version alone at the end. */
#define SOURCE "reader"
#define ITEM "reread"

enum { PLACE_BYTES = 48 };

struct aside {
    struct aside_options options;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_woken;   /* under lock */
    bool is_ending;  /* under lock */
    bool is_failing; /* the thread's */
};

/* One look at the store. */
struct look {
    struct aside *aside;
    struct store *store;
    struct intake_reread *reread;
    enum store_stale_kind kind;
    int64_t after_id;
    int64_t n_added; /* that were told of */
};

/* ---- How far it has come ------------------------------------------------- */

static int read_place(void *context, const char *item, const char *value,
                      struct err *err)
{
    struct look *look = context;
    char *end;

    (void)err;
    if (strcmp(item, ITEM) != 0 ||
        strtol(value, &end, 10) != INTAKE_READER_VERSION)
        return 0;
    if (*end == ' ')
        look->after_id = strtoll(end + 1, NULL, 10);
    else
        look->kind = STORE_STALE_REFUSED;
    return 0;
}

/* What an upgrade left is looked for once; what is refused at any time. */
static int keep_place(struct look *look, bool is_end, struct err *err)
{
    char place[PLACE_BYTES];

    if (look->kind == STORE_STALE_REFUSED)
        return 0;
    if (is_end)
        snprintf(place, sizeof(place), "%d", INTAKE_READER_VERSION);
    else
        snprintf(place, sizeof(place), "%d %" PRId64, INTAKE_READER_VERSION,
                 intake_reread_place(look->reread));
    if (store_begin(look->store, err))
        return -1;
    if (store_put_position(look->store, SOURCE, ITEM, place, err) == 0)
        return store_commit(look->store, err);
    store_rollback(look->store);
    return -1;
}

static bool is_ending(struct aside *aside)
{
    bool is_ending;

    pthread_mutex_lock(&aside->lock);
    is_ending = aside->is_ending;
    pthread_mutex_unlock(&aside->lock);
    return is_ending;
}

/* ---- A look -------------------------------------------------------------- */

static int open_look(struct look *look, struct err *err)
{
    const struct aside_options *options = &look->aside->options;
    const struct intake_reread_options reread = {
        .organization_key = insight_organization_key,
        .signed_key = insight_organization_signed,
        .clock = options->clock,
        .read = options->reader ? reader_read : NULL,
        .hurry = options->reader ? reader_set_first_look : NULL,
        .read_context = options->reader,
    };

    if (store_open(options->store_url, STORE_WRITE, options->clock,
                   &look->store, err) < 0 ||
        store_each_position(look->store, SOURCE, read_place, look, err) ||
        intake_reread_new(look->store, &reread, &look->reread, err))
        return -1;
    intake_reread_seek(look->reread, look->kind, look->after_id);
    return 0;
}

static void close_look(struct look *look)
{
    intake_reread_free(look->reread);
    store_close(look->store);
    if (look->aside->options.reader)
        reader_rest(look->aside->options.reader);
}

/* Waits for the end, or for an awakening, at most until then. Returns: whether
   it is the end. */
static bool wait_until(struct aside *aside, int64_t until_ms, bool may_wake)
{
    const struct timespec until = { .tv_sec = until_ms / 1000,
                                    .tv_nsec = until_ms % 1000 * 1000000 };
    bool is_ending;

    pthread_mutex_lock(&aside->lock);
    while (!aside->is_ending && !(may_wake && aside->is_woken) &&
           clock_monotonic_ms() < until_ms) {
        (void)pthread_cond_clockwait(&aside->changed, &aside->lock,
                                     CLOCK_MONOTONIC, &until);
    }
    if (may_wake)
        aside->is_woken = false;
    is_ending = aside->is_ending;
    pthread_mutex_unlock(&aside->lock);
    return is_ending;
}

static void tell_added(struct look *look)
{
    const struct aside_options *options = &look->aside->options;
    int64_t n_added = intake_reread_counts(look->reread)->added;

    if (n_added > look->n_added && options->added)
        options->added(options->context);
    look->n_added = n_added;
}

/* Rests three times as long as it worked, within reason: a raw may have been
   waited for in vain for seconds. Returns: whether it is the end. */
static bool rest(struct aside *aside, int64_t begin_ms)
{
    int64_t end_ms = clock_monotonic_ms();
    int64_t rest_ms = 3 * (end_ms - begin_ms);

    if (rest_ms > SERVICE_REREAD_REST_MS)
        rest_ms = SERVICE_REREAD_REST_MS;
    return wait_until(aside, end_ms + rest_ms, false);
}

/* Reads raw by raw, with rests. Returns: 0 at the end, 1 where it is to end
   before, -1 with err. */
static int read_all(struct look *look, struct err *err)
{
    const struct aside_options *options = &look->aside->options;
    int status, n = 0;

    for (;;) {
        int64_t begin_ms = clock_monotonic_ms();

        if (store_check_room(look->store, options->reserve_bytes, err))
            return -1;
        /* Some that are quickly read, in one batch: the lock is free between
           batches alone. */
        do {
            status = intake_reread_step(look->reread, err);
            n++;
        } while (status > 0 && intake_reread_is_in_batch(look->reread));
        tell_added(look);
        if (status <= 0)
            return status;
        if (n >= SERVICE_REREAD_PLACE_RAWS && keep_place(look, false, err))
            return -1;
        n = n >= SERVICE_REREAD_PLACE_RAWS ? 0 : n;
        if (rest(look->aside, begin_ms))
            return 1;
    }
}

static void log_counts(const struct look *look)
{
    const struct intake_reread_counts *counts =
        intake_reread_counts(look->reread);
    const int64_t numbers[] = { counts->raws,     counts->same,
                                counts->changed,  counts->merged,
                                counts->added,    counts->lost,
                                counts->released, counts->refused,
                                counts->gone,     INTAKE_READER_VERSION };
    char texts[sizeof(numbers) / sizeof(*numbers)][24];

    if (counts->raws == 0)
        return;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        snprintf(texts[i], sizeof(texts[i]), "%" PRId64, numbers[i]);
    log_line(LOG_LEVEL_NOTICE, "reread", "raws", texts[0], "same", texts[1],
             "changed", texts[2], "merged", texts[3], "added", texts[4], "lost",
             texts[5], "released", texts[6], "refused", texts[7], "gone",
             texts[8], "reader_version", texts[9], NULL);
}

/* ---- Sums ---------------------------------------------------------------- */

static void note_fault(void *context, const struct store_fault *fault)
{
    (void)context, (void)fault;
}

static bool goes_on(void *context, enum store_verify_part part, int64_t done,
                    int64_t total)
{
    (void)part, (void)done, (void)total;
    return !is_ending(context);
}

/* Makes the sums anew where part of them was lost. */
static int mend_sums(struct look *look, struct err *err)
{
    const struct store_verify_options options = { .fault = note_fault,
                                                  .step = goes_on,
                                                  .context = look->aside };
    struct store_verified verified;
    char text[24];
    int64_t n;

    if (store_count_lost(look->store, &n, err))
        return -1;
    if (n == 0)
        return 0;
    snprintf(text, sizeof(text), "%" PRId64, n);
    log_line(LOG_LEVEL_WARNING, "sums-lost", "commits", text, NULL);
    if (store_mend(look->store, &options, &verified, err))
        return -1;
    snprintf(text, sizeof(text), "%" PRId64, verified.mended);
    if (!verified.is_stopped)
        log_line(LOG_LEVEL_NOTICE, "sums-mended", "sums", text, NULL);
    return 0;
}

static int look_through(struct look *look, struct err *err)
{
    int status = open_look(look, err);

    if (status || mend_sums(look, err))
        return -1;
    status = read_all(look, err);
    if (status >= 0 && keep_place(look, status == 0, err))
        status = -1;
    log_counts(look);
    return status < 0 ? -1 : 0;
}

/* One line a change of state. */
static void note_state(struct aside *aside, const char *failure)
{
    if (failure && !aside->is_failing)
        log_line(LOG_LEVEL_WARNING, "reread-failing", "error", failure, NULL);
    else if (!failure && aside->is_failing)
        log_line(LOG_LEVEL_NOTICE, "reread-works", NULL);
    aside->is_failing = failure != NULL;
}

static void *run(void *context)
{
    struct aside *aside = context;
    int64_t next_ms = 0;

    while (!wait_until(aside, next_ms, true)) {
        struct look look = { .aside = aside };
        struct err err;
        int status = look_through(&look, &err);

        close_look(&look);
        if (!is_ending(aside))
            note_state(aside, status ? err.text : NULL);
        next_ms = clock_monotonic_ms() +
                  (status ? SERVICE_CARE_RETRY_S : SERVICE_CARE_INTERVAL_S) *
                      INT64_C(1000);
    }
    return NULL;
}

/* ---- Life ---------------------------------------------------------------- */

static void free_aside(struct aside *aside)
{
    pthread_cond_destroy(&aside->changed);
    pthread_mutex_destroy(&aside->lock);
    free(aside);
}

int aside_start(const struct aside_options *options, struct aside **out_aside,
                struct err *err)
{
    struct aside *aside = calloc(1, sizeof(*aside));

    if (!aside)
        return err_memory(err);
    aside->options = *options;
    pthread_mutex_init(&aside->lock, NULL);
    pthread_cond_init(&aside->changed, NULL);
    if (pthread_create(&aside->thread, NULL, run, aside)) {
        free_aside(aside);
        return err_set(err, ERR_SYSTEM, "no thread can be started");
    }
    *out_aside = aside;
    return 0;
}

void aside_wake(struct aside *aside)
{
    pthread_mutex_lock(&aside->lock);
    aside->is_woken = true;
    pthread_cond_broadcast(&aside->changed);
    pthread_mutex_unlock(&aside->lock);
}

void aside_stop(struct aside *aside)
{
    if (!aside)
        return;
    pthread_mutex_lock(&aside->lock);
    aside->is_ending = true;
    pthread_cond_broadcast(&aside->changed);
    pthread_mutex_unlock(&aside->lock);
    /* What is being read stays stale, to be read after the next start. */
    if (aside->options.reader)
        reader_cancel(aside->options.reader);
    pthread_join(aside->thread, NULL);
    free_aside(aside);
}
