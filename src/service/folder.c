/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The tlsrpt authors */

#include "service/folder.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "service/folder_source.h"
#include "store/position.h"
#include "store/store.h"

enum { ROUND_EVENTS = 64, MOST_WAIT_MS = 60 * 1000 };

struct folder {
    struct folder_jobs jobs;
    struct watch *watch; /* NULL where the system has none */
    struct folder_source *sources;
    size_t n_sources;
    atomic_bool is_ending;
    pthread_t thread;
};

/* ---- Round ---------------------------------------------------------------- */

static void take_kept(struct folder *folder)
{
    struct folder_job *job;

    while ((job = folder_jobs_take(&folder->jobs, clock_monotonic_ms())))
        folder_source_kept(job->source, job);
}

static void look_everywhere(struct folder *folder)
{
    for (size_t i = 0; i < folder->n_sources; i++)
        folder->sources[i].due_ms = 0; /* after a sweep under way, too */
}

static void take_event(struct folder *folder, const struct watch_event *event)
{
    if (event->kind == WATCH_OVERFLOW) {
        log_line(LOG_LEVEL_INFO, "folder-overflow", NULL);
        look_everywhere(folder);
    }
    for (size_t i = 0; i < folder->n_sources; i++) {
        struct folder_source *source = &folder->sources[i];

        if (event->folder < 0 || source->watched != event->folder)
            continue;
        if (event->kind == WATCH_ARRIVED)
            folder_source_arrived(source, event->name);
        else {
            source->watched = -1;
            source->is_looking = true;
        }
    }
}

/* What there is no room for waits in the kernel. */
static void take_events(struct folder *folder)
{
    struct watch_event event;
    struct err err;
    int rc = 0;

    for (unsigned i = 0; folder->watch && i < ROUND_EVENTS &&
                         folder_jobs_has_room(&folder->jobs);
         i++) {
        rc = watch_next(folder->watch, &event, &err);
        if (rc)
            break;
        take_event(folder, &event);
        folder_jobs_give(&folder->jobs, clock_monotonic_ms());
    }
    if (rc >= 0)
        return;
    log_line(LOG_LEVEL_ERROR, "folder-watch-lost", "error", err.text, NULL);
    look_everywhere(folder);
    for (size_t i = 0; i < folder->n_sources; i++)
        folder->sources[i].watch = NULL;
    watch_close(folder->watch);
    folder->watch = NULL;
}

static void look(struct folder *folder)
{
    int64_t now_ms = clock_monotonic_ms();

    for (size_t i = 0; i < folder->n_sources; i++) {
        struct folder_source *source = &folder->sources[i];

        if (now_ms >= source->due_ms)
            source->is_looking = true;
        if (folder_jobs_has_room(&folder->jobs))
            folder_source_step(source);
    }
    folder_jobs_give(&folder->jobs, clock_monotonic_ms());
}

/* ---- Waiting -------------------------------------------------------------- */

/* Tells whether a look at a source would find something to do now. */
static bool has_work(const struct folder_source *source)
{
    return source->is_looking && (source->options.kind != FOLDER_MBOX ||
                                  (!source->last && source->n_under_way == 0));
}

/* How long nothing is to be done if nothing happens. */
static int wait_ms(const struct folder *folder)
{
    bool has_room = folder_jobs_has_room(&folder->jobs);
    int64_t now_ms = clock_monotonic_ms(), until_ms = now_ms + MOST_WAIT_MS;

    if (folder->jobs.waiting.first)
        until_ms = folder->jobs.pause_until_ms;
    for (size_t i = 0; has_room && i < folder->n_sources; i++) {
        const struct folder_source *source = &folder->sources[i];

        if (has_work(source))
            return 0;
        if (!source->is_looking && source->due_ms < until_ms)
            until_ms = source->due_ms;
    }
    return until_ms > now_ms ? (int)(until_ms - now_ms) : 0;
}

static void wait_for_something(struct folder *folder)
{
    struct pollfd wait[2] = { { .fd = folder->jobs.wake, .events = POLLIN } };
    bool has_events = folder->watch && folder_jobs_has_room(&folder->jobs);
    uint64_t count;

    if (has_events)
        wait[1] = (struct pollfd){ .fd = watch_descriptor(folder->watch),
                                   .events = POLLIN };
    (void)poll(wait, has_events ? 2 : 1,
               atomic_load(&folder->is_ending) ? -1 : wait_ms(folder));
    if (wait[0].revents)
        (void)!read(folder->jobs.wake, &count, sizeof(count));
}

static void *run(void *context)
{
    struct folder *folder = context;

    for (;;) {
        take_kept(folder);
        if (!atomic_load(&folder->is_ending)) {
            folder_jobs_give(&folder->jobs, clock_monotonic_ms());
            take_events(folder);
            look(folder);
        } else if (folder->jobs.n_given == 0) {
            return NULL;
        }
        wait_for_something(folder);
    }
}

/* ---- Life ----------------------------------------------------------------- */

static void free_folder(struct folder *folder)
{
    for (size_t i = 0; i < folder->n_sources; i++)
        folder_source_deinit(&folder->sources[i]);
    folder_jobs_deinit(&folder->jobs);
    watch_close(folder->watch);
    free(folder->sources);
    free(folder);
}

static int remember(void *context, const char *item, const char *value,
                    struct err *err)
{
    return folder_source_remember(context, item, value, err);
}

/* Reads how far each source came. */
static int read_positions(struct folder *folder,
                          const struct folder_setup *setup, struct err *err)
{
    struct store *store;
    int rc = 0;

    if (store_open(setup->store_url, STORE_READ, setup->clock, &store, err) < 0)
        return -1;
    for (size_t i = 0; rc == 0 && i < folder->n_sources; i++)
        rc = store_each_position(store, folder->sources[i].options.name,
                                 remember, &folder->sources[i], err);
    store_close(store);
    return rc;
}

static int open_sources(struct folder *folder, const struct folder_setup *setup,
                        struct err *err)
{
    struct err watch_err;

    if (watch_open(&folder->watch, &watch_err) < 0)
        log_line(LOG_LEVEL_WARNING, "folder-watch-lost", "error",
                 watch_err.text, NULL);
    folder->sources = calloc(setup->n_folders, sizeof(*folder->sources));
    if (!folder->sources)
        return err_memory(err);
    for (size_t i = 0; i < setup->n_folders; i++) {
        /* Counted before: a half-made one is freed, too. */
        folder->n_sources++;
        if (folder_source_init(&folder->sources[i], &setup->folders[i],
                               &folder->jobs, folder->watch, setup->clock,
                               err) < 0)
            return -1;
    }
    return read_positions(folder, setup, err);
}

int folder_start(const struct folder_setup *setup, struct folder **out_folder,
                 struct err *err)
{
    struct folder *folder = calloc(1, sizeof(*folder));

    if (!folder)
        return err_memory(err);
    if (folder_jobs_init(&folder->jobs, setup->receiver, err) < 0) {
        free(folder);
        return -1;
    }
    if (open_sources(folder, setup, err) < 0) {
        free_folder(folder);
        return -1;
    }
    if (pthread_create(&folder->thread, NULL, run, folder)) {
        free_folder(folder);
        return err_set(err, ERR_SYSTEM, "no thread can be started");
    }
    *out_folder = folder;
    return 0;
}

void folder_stop(struct folder *folder)
{
    if (!folder)
        return;
    atomic_store(&folder->is_ending, true);
    folder_jobs_wake(&folder->jobs);
    pthread_join(folder->thread, NULL);
    free_folder(folder);
}
